"""Let returns name a line that exists

Create Date: 2025-06-03

NOT VALID: new returns must name a line that exists, the old ones aren't looked at, so the lock is short. The next
revision looks at them.
"""

from alembic import op

revision = "pg_0015"
down_revision = "pg_0014"
branch_labels = None
depends_on = None
change = "key-returns"


def upgrade() -> None:
    op.create_foreign_key(
        op.f("fk_order_returns_order_id_line_no_order_lines"),
        "order_returns",
        "order_lines",
        ["order_id", "line_no"],
        ["order_id", "line_no"],
        ondelete="CASCADE",
        postgresql_not_valid=True,
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_order_returns_order_id_line_no_order_lines"), "order_returns", type_="foreignkey")
