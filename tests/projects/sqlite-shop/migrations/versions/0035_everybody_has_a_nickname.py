"""Everybody has a nickname

Revision ID: 0035
Revises: 0034
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

planted = ("rows:customer", "column nickname")


def upgrade():
    op.execute("CREATE TABLE customer_nameless AS SELECT id FROM customer WHERE nickname IS NULL")
    op.execute("UPDATE customer SET nickname = '' WHERE nickname IS NULL")


def downgrade():
    op.execute("UPDATE customer SET nickname = NULL WHERE nickname = ''")
    op.drop_table("customer_nameless")


def honest_downgrade():
    op.execute("UPDATE customer SET nickname = NULL WHERE id IN (SELECT id FROM customer_nameless)")
    op.drop_table("customer_nameless")
