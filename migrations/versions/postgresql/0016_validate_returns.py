"""Check the returns that were there before their key

Create Date: 2025-06-11

Returns whose line is gone go to ``bothways_kept_order_returns``; then VALIDATE reads the table without blocking
writes. The way back puts them in again, for which the key has to be off for a moment: even NOT VALID it looks at new
rows.
"""

from alembic import op

revision = "pg_0016"
down_revision = "pg_0015"
branch_labels = None
depends_on = None
change = "validate-returns"

KEY = "fk_order_returns_order_id_line_no_order_lines"
COLUMNS = "id, order_id, line_no, quantity, reason, created_at, updated_at"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE bothways_kept_order_returns (
            id uuid PRIMARY KEY, order_id uuid NOT NULL, line_no integer NOT NULL, quantity integer NOT NULL,
            reason text, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
        )
    """)
    op.execute(f"""
        INSERT INTO bothways_kept_order_returns ({COLUMNS})
        SELECT {COLUMNS} FROM order_returns AS lost
        WHERE NOT EXISTS (
            SELECT FROM order_lines AS line WHERE line.order_id = lost.order_id AND line.line_no = lost.line_no
        )
    """)
    op.execute("DELETE FROM order_returns WHERE id IN (SELECT id FROM bothways_kept_order_returns)")
    op.execute(f"ALTER TABLE order_returns VALIDATE CONSTRAINT {KEY}")


def downgrade() -> None:
    op.drop_constraint(op.f(KEY), "order_returns", type_="foreignkey")
    op.execute(f"INSERT INTO order_returns ({COLUMNS}) SELECT {COLUMNS} FROM bothways_kept_order_returns")
    op.drop_table("bothways_kept_order_returns")
    op.create_foreign_key(
        op.f(KEY),
        "order_returns",
        "order_lines",
        ["order_id", "line_no"],
        ["order_id", "line_no"],
        ondelete="CASCADE",
        postgresql_not_valid=True,
    )
