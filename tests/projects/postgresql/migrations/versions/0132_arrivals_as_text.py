"""arrivals are moved in Python

Revision ID: 0132
Revises: 0131
"""

import sqlalchemy as sa
from alembic import op

revision = "0132"
down_revision = "0131"
branch_labels = None
depends_on = None

planted = ("rows:supply", "column arrived_at")


def upgrade():
    op.execute("CREATE TABLE supply_arrival AS SELECT id, arrived_at FROM supply WHERE arrived_at IS NOT NULL")
    op.execute("UPDATE supply SET arrived_at = NULL")


def downgrade():
    bind = op.get_bind()
    for key, when in bind.execute(sa.text("SELECT id, arrived_at FROM supply_arrival")).all():
        text = when.isoformat(sep=" ", timespec="seconds")
        op.execute(f"UPDATE supply SET arrived_at = '{text}' WHERE id = {key}")
    op.drop_table("supply_arrival")


def honest_downgrade():
    op.execute("UPDATE supply SET arrived_at = a.arrived_at FROM supply_arrival a WHERE a.id = supply.id")
    op.drop_table("supply_arrival")
