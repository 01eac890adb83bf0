"""prices are moved in Python

Revision ID: 0131
Revises: 0130
"""

import sqlalchemy as sa
from alembic import op

revision = "0131"
down_revision = "0130"
branch_labels = None
depends_on = None

planted = ("rows:supply", "column price")


def upgrade():
    op.execute("CREATE TABLE supply_price AS SELECT id, price FROM supply WHERE price IS NOT NULL")
    op.execute("UPDATE supply SET price = NULL")


def downgrade():
    bind = op.get_bind()
    for key, price in bind.execute(sa.text("SELECT id, price FROM supply_price")).all():
        bind.execute(sa.text("UPDATE supply SET price = :price WHERE id = :id"), {"price": float(price), "id": key})
    op.drop_table("supply_price")


def honest_downgrade():
    bind = op.get_bind()
    for key, price in bind.execute(sa.text("SELECT id, price FROM supply_price")).all():
        bind.execute(sa.text("UPDATE supply SET price = :price WHERE id = :id"), {"price": price, "id": key})
    op.drop_table("supply_price")
