"""People and orders

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "person",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("first_name", sa.String(40)),
        sa.Column("last_name", sa.String(40)),
        sa.Column("nick", sa.String(40)),
        sa.Column("mail", sa.String(80)),
        sa.Column("bio", sa.Text),
        sa.Column("born", sa.Date),
        sa.Column("seen", mysql.DATETIME(fsp=6)),
        sa.Column("score", sa.Numeric(10, 3)),
        sa.Column("paid", sa.Numeric(12, 2)),
        sa.Column("city", sa.String(60)),
        sa.Column("points", sa.Integer),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("area", sa.Integer, sa.Computed("width * 2", persisted=True)),
    )
    op.create_table(
        "membership",
        sa.Column("person_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("shop_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("since", sa.Date),
    )
    op.create_table("log", sa.Column("id", sa.Integer, primary_key=True), sa.Column("line", sa.String(100)))
    op.create_table("ledger", sa.Column("id", sa.Integer, primary_key=True), sa.Column("sum", sa.Numeric(12, 2)))
    op.create_table("visit", sa.Column("id", sa.Integer, primary_key=True), sa.Column("place", sa.String(30)))
    op.execute("CREATE VIEW big_shop AS SELECT id, name FROM shop WHERE size > 10")
    op.execute("CREATE VIEW cheap_item AS SELECT id, code FROM item WHERE price < 5")
    op.execute("CREATE TRIGGER log_trim BEFORE INSERT ON log FOR EACH ROW SET NEW.line = TRIM(NEW.line)")
    op.execute("CREATE TRIGGER ledger_trim BEFORE INSERT ON ledger FOR EACH ROW SET NEW.sum = ABS(NEW.sum)")
    op.execute("CREATE FUNCTION twice(x INT) RETURNS INT DETERMINISTIC RETURN x * 2")
    op.execute("CREATE FUNCTION thrice(x INT) RETURNS INT DETERMINISTIC RETURN x * 3")
    op.execute("CREATE PROCEDURE tidy() DELETE FROM log WHERE line IS NULL")
    op.execute("CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM log WHERE line = ''")
    op.execute("CREATE SEQUENCE ticket START WITH 1 INCREMENT BY 1")


def downgrade():
    op.execute("DROP SEQUENCE ticket")
    op.execute("DROP EVENT nightly")
    op.execute("DROP PROCEDURE tidy")
    op.execute("DROP FUNCTION thrice")
    op.execute("DROP FUNCTION twice")
    op.execute("DROP VIEW cheap_item")
    op.execute("DROP VIEW big_shop")
    for table in ("visit", "ledger", "log", "membership", "person"):
        op.drop_table(table)
