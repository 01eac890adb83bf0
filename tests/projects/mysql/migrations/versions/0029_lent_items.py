"""Items can be lent

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

planted = ("column:item.state", "type")


def upgrade():
    op.alter_column("item", "state", type_=sa.Enum("new", "sold", "gone", "lent"), existing_nullable=True)


def downgrade():
    op.alter_column("item", "state", type_=sa.Enum("new", "gone", "sold"), existing_nullable=True)


def honest_downgrade():
    op.alter_column("item", "state", type_=sa.Enum("new", "sold", "gone"), existing_nullable=True)
