"""Colours in two columns

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

planted = ("index:poster.ix_poster_colour", "definition")


def upgrade():
    op.add_column("poster", sa.Column("frame_colour", sa.String(20)))
    op.drop_index("ix_poster_colour", "poster")
    op.create_index("ix_poster_colour", "poster", ["colour", "frame_colour"])


def downgrade():
    op.drop_index("ix_poster_colour", "poster")
    op.create_index("ix_poster_colour", "poster", ["colour"])
    op.drop_column("poster", "frame_colour")


def honest_downgrade():
    op.drop_index("ix_poster_colour", "poster")
    op.execute("CREATE INDEX ix_poster_colour ON poster (colour) COMMENT 'for the printer'")
    op.drop_column("poster", "frame_colour")
