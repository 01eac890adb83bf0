"""Check the returns that were there before their key

Create Date: 2025-06-11

Returns whose line is gone go to ``bothways_kept_order_returns``; the server has no VALIDATE, so the revision itself
looks for them. The way back puts them in again, with foreign_key_checks off for that statement.
"""

from alembic import op

revision = "my_0016"
down_revision = "my_0015"
branch_labels = None
depends_on = None
change = "validate-returns"

COLUMNS = "id, order_id, line_no, quantity, reason, created_at, updated_at"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE IF NOT EXISTS bothways_kept_order_returns (
            id CHAR(32) PRIMARY KEY, order_id CHAR(32) NOT NULL, line_no INTEGER NOT NULL, quantity INTEGER NOT NULL,
            reason TEXT, created_at DATETIME(6) NOT NULL, updated_at DATETIME(6) NOT NULL
        ) ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
    """)
    op.execute(f"""
        REPLACE INTO bothways_kept_order_returns ({COLUMNS})
        SELECT {COLUMNS} FROM order_returns AS lost
        WHERE NOT EXISTS (
            SELECT 1 FROM order_lines AS line WHERE line.order_id = lost.order_id AND line.line_no = lost.line_no
        )
    """)
    op.execute("DELETE FROM order_returns WHERE id IN (SELECT id FROM bothways_kept_order_returns)")


def downgrade() -> None:
    op.execute("SET SESSION foreign_key_checks = 0")
    try:
        op.execute(f"INSERT IGNORE INTO order_returns ({COLUMNS}) SELECT {COLUMNS} FROM bothways_kept_order_returns")
    finally:
        op.execute("SET SESSION foreign_key_checks = 1")
    op.drop_table("bothways_kept_order_returns")
