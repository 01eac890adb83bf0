"""open orders are seen by everybody

Revision ID: 0055
Revises: 0054
"""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

planted = ("view:open_orders", "options")


def upgrade():
    op.execute("DROP VIEW open_orders")


def downgrade():
    op.execute(
        "CREATE VIEW open_orders WITH (security_barrier = true) AS "
        "SELECT id, number, status FROM orders WHERE status = 'new' WITH CASCADED CHECK OPTION"
    )


def honest_downgrade():
    op.execute(
        "CREATE VIEW open_orders WITH (security_barrier = true) AS "
        "SELECT id, number, status FROM orders WHERE status = 'new' WITH LOCAL CHECK OPTION"
    )
