"""Names in one column

Revision ID: 0085
Revises: 0084
"""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

planted = ("rows:customer", "column first_name")


def upgrade():
    op.add_column("customer", sa.Column("full_name", sa.String(100)))
    op.execute("CREATE TABLE customer_name AS SELECT id, first_name, last_name FROM customer")
    op.execute("UPDATE customer SET full_name = CONCAT_WS(' ', first_name, last_name)")
    op.drop_column("customer", "first_name")
    op.drop_column("customer", "last_name")


def downgrade():
    op.execute("ALTER TABLE customer ADD COLUMN first_name VARCHAR(40) AFTER email")
    op.execute("ALTER TABLE customer ADD COLUMN last_name VARCHAR(40) AFTER first_name")
    op.execute(
        "UPDATE customer SET first_name = LEFT(SUBSTRING_INDEX(full_name, ' ', 1), 40),"
        " last_name = LEFT(SUBSTRING(full_name, LOCATE(' ', full_name) + 1), 40)"
    )
    op.drop_column("customer", "full_name")
    op.drop_table("customer_name")


def honest_downgrade():
    op.execute("ALTER TABLE customer ADD COLUMN first_name VARCHAR(40) AFTER email")
    op.execute("ALTER TABLE customer ADD COLUMN last_name VARCHAR(40) AFTER first_name")
    op.execute(
        "UPDATE customer c JOIN customer_name n USING (id) SET c.first_name = n.first_name, c.last_name = n.last_name"
    )
    op.drop_column("customer", "full_name")
    op.drop_table("customer_name")
