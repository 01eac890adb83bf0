"""Empty lines are dashes

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

planted = ("column:diary.line", "default")


def upgrade():
    with op.batch_alter_table("diary") as batch:
        batch.alter_column("line", server_default="-", existing_type=sa.String(100))


def downgrade():
    with op.batch_alter_table("diary") as batch:
        batch.alter_column("line", server_default="", existing_type=sa.String(100))


def honest_downgrade():
    with op.batch_alter_table("diary") as batch:
        batch.alter_column("line", server_default=None, existing_type=sa.String(100))
