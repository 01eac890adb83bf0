"""Posters by year

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

planted = ("index:poster.ix_poster_year", "definition")


def upgrade():
    op.drop_index("ix_poster_year", "poster")


def downgrade():
    op.create_index("ix_poster_year", "poster", ["year"])


def honest_downgrade():
    op.create_index("ix_poster_year", "poster", [sa.text("year DESC")])
