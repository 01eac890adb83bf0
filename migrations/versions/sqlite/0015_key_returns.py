"""Let returns name a line that exists

Create Date: 2025-06-03

SQLite has no NOT VALID, and no revision may leave rows that point at nothing, so here this change does the work of
its sequel too: returns whose line is gone go to ``bothways_kept_order_returns`` and come back on the way down. The
table is rebuilt.
"""

from alembic import op

revision = "lite_0015"
down_revision = "lite_0014"
branch_labels = None
depends_on = None
change = "key-returns"

COLUMNS = "id, order_id, line_no, quantity, reason, created_at, updated_at"
DEFINITION = """
    id CHAR(32) NOT NULL,
    order_id CHAR(32) NOT NULL,
    line_no INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    reason TEXT,
    created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    CONSTRAINT pk_order_returns PRIMARY KEY (id),{key}
    CONSTRAINT ck_order_returns_quantity CHECK (quantity > 0)
"""
KEY = """
    CONSTRAINT fk_order_returns_order_id_line_no_order_lines
        FOREIGN KEY (order_id, line_no) REFERENCES order_lines (order_id, line_no) ON DELETE CASCADE,"""


def upgrade() -> None:
    op.execute("""
        CREATE TABLE bothways_kept_order_returns (
            id CHAR(32) PRIMARY KEY, order_id CHAR(32) NOT NULL, line_no INTEGER NOT NULL, quantity INTEGER NOT NULL,
            reason TEXT, created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL
        )
    """)
    op.execute(f"""
        INSERT INTO bothways_kept_order_returns ({COLUMNS})
        SELECT {COLUMNS} FROM order_returns
        WHERE (order_id, line_no) NOT IN (SELECT order_id, line_no FROM order_lines)
    """)
    op.execute("DELETE FROM order_returns WHERE id IN (SELECT id FROM bothways_kept_order_returns)")
    _rebuild(DEFINITION.format(key=KEY))


def downgrade() -> None:
    _rebuild(DEFINITION.format(key=""))
    op.execute(f"INSERT INTO order_returns ({COLUMNS}) SELECT {COLUMNS} FROM bothways_kept_order_returns")
    op.drop_table("bothways_kept_order_returns")


def _rebuild(definition: str) -> None:
    """SQLite can't alter it, so the table is made anew, filled, and takes the place and the name of the old one."""
    op.execute(f"CREATE TABLE bothways_new_order_returns ({definition})")
    op.execute(f"INSERT INTO bothways_new_order_returns ({COLUMNS}) SELECT {COLUMNS} FROM order_returns")
    op.drop_table("order_returns")
    op.rename_table("bothways_new_order_returns", "order_returns")
    op.create_index("ix_order_returns_order_id_line_no", "order_returns", ["order_id", "line_no"])
