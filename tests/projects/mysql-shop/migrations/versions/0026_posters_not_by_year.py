"""Posters not by year

Revision ID: 0026
Revises: 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

planted = ("index:poster.ix_poster_year", "definition")


def upgrade():
    op.drop_index("ix_poster_year", "poster")


def downgrade():
    op.create_index("ix_poster_year", "poster", ["year", "artist"])


def honest_downgrade():
    op.execute("CREATE INDEX ix_poster_year ON poster (year DESC, artist)")
