"""References of sixteen bytes

Revision ID: 0065
Revises: 0064
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

planted = ("rows:payment", "column reference")


def upgrade():
    op.execute("CREATE TABLE payment_reference AS SELECT id, reference FROM payment")
    op.alter_column("payment", "reference", type_=sa.BINARY(16), existing_nullable=True)


def downgrade():
    op.alter_column("payment", "reference", type_=mysql.VARBINARY(16), existing_nullable=True)
    op.execute("UPDATE payment SET reference = TRIM(TRAILING x'00' FROM reference)")
    op.drop_table("payment_reference")


def honest_downgrade():
    op.alter_column("payment", "reference", type_=mysql.VARBINARY(16), existing_nullable=True)
    op.execute("UPDATE payment JOIN payment_reference r USING (id) SET payment.reference = r.reference")
    op.drop_table("payment_reference")
