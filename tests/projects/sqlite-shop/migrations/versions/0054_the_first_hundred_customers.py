"""The first hundred customers

Revision ID: 0054
Revises: 0053
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

planted = ("rows:customer", "column credit")


def upgrade():
    op.execute("CREATE TABLE customer_credit AS SELECT id, credit FROM customer")
    op.execute("UPDATE customer SET credit = NULL")


def downgrade():
    customers = sa.table("customer", sa.column("id"), sa.column("credit"))
    kept = sa.table("customer_credit", sa.column("id"), sa.column("credit"))
    for row in op.get_bind().execute(sa.select(kept).order_by(kept.c.id).limit(100)).all():
        op.execute(customers.update().where(customers.c.id == row.id).values(credit=row.credit))
    op.drop_table("customer_credit")


def honest_downgrade():
    op.execute("UPDATE customer SET credit = (SELECT c.credit FROM customer_credit c WHERE c.id = customer.id)")
    op.drop_table("customer_credit")
