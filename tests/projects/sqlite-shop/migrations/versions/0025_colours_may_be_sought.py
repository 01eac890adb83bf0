"""Colours may be sought

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

planted = ("index:poster.ix_poster_colour", None)


def upgrade():
    op.create_index("ix_poster_colour", "poster", ["colour"])


def downgrade():
    op.drop_index("ix_poster_colour_2", "poster", if_exists=True)


def honest_downgrade():
    op.drop_index("ix_poster_colour", "poster")
