"""Posters by artist

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

planted = ("index:poster.ix_poster_artist", "definition")


def upgrade():
    op.drop_index("ix_poster_artist", "poster")


def downgrade():
    op.create_index("ix_poster_artist", "poster", ["artist"])


def honest_downgrade():
    op.create_index("ix_poster_artist", "poster", [sa.text("artist COLLATE NOCASE")])
