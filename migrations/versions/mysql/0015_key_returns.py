"""Let returns name a line that exists

Create Date: 2025-06-03

With foreign_key_checks off for this statement the key is added in place, as NOT VALID does elsewhere: new returns
must name a line that exists, the old ones aren't looked at. The next revision looks at them.
"""

from alembic import op

revision = "my_0015"
down_revision = "my_0014"
branch_labels = None
depends_on = None
change = "key-returns"


def upgrade() -> None:
    op.execute("SET SESSION foreign_key_checks = 0")
    try:
        op.execute("""
            ALTER TABLE order_returns
                ADD CONSTRAINT fk_order_returns_order_id_line_no_order_lines
                    FOREIGN KEY (order_id, line_no) REFERENCES order_lines (order_id, line_no) ON DELETE CASCADE,
                ALGORITHM=INPLACE, LOCK=NONE
        """)
    finally:
        op.execute("SET SESSION foreign_key_checks = 1")


def downgrade() -> None:
    op.drop_constraint(op.f("fk_order_returns_order_id_line_no_order_lines"), "order_returns", type_="foreignkey")
