"""Credits by a procedure

Revision ID: 0078
Revises: 0077
"""

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

planted = ("rows:customer", "column credit")


def upgrade():
    op.execute("CREATE TABLE vip (customer_id INTEGER NOT NULL PRIMARY KEY)")
    op.execute("INSERT INTO vip SELECT id FROM customer WHERE credit > 1000")


def downgrade():
    op.drop_table("vip")
    op.execute("CALL trim_credits()")


def honest_downgrade():
    op.drop_table("vip")
