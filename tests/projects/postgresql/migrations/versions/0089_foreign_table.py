"""the old shop has another table

Revision ID: 0089
Revises: 0088
"""

from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

planted = ("table:legacy_order", "foreign")


def upgrade():
    op.execute("ALTER FOREIGN TABLE legacy_order OPTIONS (SET table_name 'orders')")


def downgrade():
    op.execute("ALTER FOREIGN TABLE legacy_order OPTIONS (DROP table_name)")


def honest_downgrade():
    op.execute("ALTER FOREIGN TABLE legacy_order OPTIONS (SET table_name 'o')")
