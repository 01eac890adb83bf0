"""memos have a state

Revision ID: 0159
Revises: 0158
"""

import sqlalchemy as sa
from alembic import op

revision = "0159"
down_revision = "0158"
branch_labels = None
depends_on = None

planted = ("rows:memo", "count")


def upgrade():
    state = sa.Enum("draft", "published", "archived", name="memo_state")
    state.create(op.get_bind())
    op.add_column("memo", sa.Column("state", state, nullable=False, server_default="draft"))


def downgrade():
    op.execute("DELETE FROM memo WHERE state = 'archived'")
    op.drop_column("memo", "state")
    op.execute("DROP TYPE memo_state")


def honest_downgrade():
    op.drop_column("memo", "state")
    op.execute("DROP TYPE memo_state")
