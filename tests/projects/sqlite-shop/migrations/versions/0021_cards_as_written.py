"""Cards as written

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

planted = ("index:member.ix_member_card", "definition")


def upgrade():
    op.drop_index("ix_member_card", "member")


def downgrade():
    op.create_index("ix_member_card", "member", ["card"])


def honest_downgrade():
    op.create_index("ix_member_card", "member", [sa.text("lower(card)")])
