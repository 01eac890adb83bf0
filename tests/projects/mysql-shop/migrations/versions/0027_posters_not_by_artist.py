"""Posters not by artist

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

planted = ("index:poster.ix_poster_artist_year", "definition")


def upgrade():
    op.drop_index("ix_poster_artist_year", "poster")


def downgrade():
    op.create_index("ix_poster_artist_year", "poster", ["year", "artist"])


def honest_downgrade():
    op.create_index("ix_poster_artist_year", "poster", ["artist", "year"])
