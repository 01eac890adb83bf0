"""Write the office code

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE edition (id INTEGER NOT NULL PRIMARY KEY, pages INTEGER CHECK (pages > 0))")
    op.create_table(
        "member_card", sa.Column("code", sa.String(12), primary_key=True), sa.Column("guardian_id", sa.Integer())
    )
    op.create_table(
        "poster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("artist", sa.String(40)),
        sa.Column("year", sa.Integer()),
        sa.Column("caption", sa.String(200)),
        sa.Column("colour", sa.String(20)),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
        mysql_row_format="COMPACT",
    )
    op.execute("CREATE INDEX ix_poster_year ON poster (year DESC, artist)")
    op.create_index("ix_poster_artist_year", "poster", ["artist", "year"])
    op.create_index("ft_poster_caption", "poster", ["caption"], mysql_prefix="FULLTEXT")
    op.execute("CREATE INDEX ix_poster_colour ON poster (colour) COMMENT 'for the printer'")
    op.execute("CREATE TABLE tag (word VARCHAR(20)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin")
    op.execute("CREATE TABLE tariff (id INTEGER NOT NULL PRIMARY KEY, price INTEGER) WITH SYSTEM VERSIONING")
    op.execute("CREATE TABLE price_history (id INTEGER NOT NULL PRIMARY KEY, price INTEGER) WITH SYSTEM VERSIONING")
    op.execute("INSERT INTO price_history VALUES (1, 10), (2, 20)")
    op.execute("UPDATE price_history SET price = price + 1")
    op.execute(
        "CREATE TABLE access_log (day INTEGER, path VARCHAR(40)) PARTITION BY RANGE (day)"
        " (PARTITION p_old VALUES LESS THAN (100), PARTITION p_new VALUES LESS THAN MAXVALUE)"
    )
    op.execute("CREATE VIEW long_books AS SELECT id, title FROM book WHERE pages > 300")
    op.execute("CREATE SQL SECURITY INVOKER VIEW own_loans AS SELECT id, due_on FROM loan")
    op.execute("CREATE TABLE audit (id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY, what VARCHAR(60), changes INTEGER)")
    op.execute("CREATE TRIGGER shelf_code BEFORE INSERT ON shelf FOR EACH ROW SET NEW.code = TRIM(NEW.code)")
    op.execute("CREATE TRIGGER shelf_room BEFORE UPDATE ON shelf FOR EACH ROW SET NEW.room = TRIM(NEW.room)")
    op.execute("CREATE PROCEDURE forget_visits() DELETE FROM visit WHERE day < 0")
    op.execute("CREATE FUNCTION with_tax(net INTEGER) RETURNS INTEGER DETERMINISTIC RETURN net * 119 DIV 100")
    op.execute("CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DISABLE DO DELETE FROM visit")
    op.execute("CREATE TABLE bin (id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 5000")
    op.execute("CREATE PROCEDURE trim_credits() UPDATE customer SET credit = TRUNCATE(credit, 3)")
    op.execute("CREATE TABLE region (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(30), visits INTEGER)")
    op.execute("CREATE TABLE region_log (id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(30))")
    op.execute(
        "CREATE TRIGGER region_logged AFTER UPDATE ON region"
        " FOR EACH ROW INSERT INTO region_log (name) VALUES (OLD.name)"
    )
    op.execute("CREATE TABLE room (code VARCHAR(10) NOT NULL PRIMARY KEY, seats INTEGER)")
    op.execute(
        "CREATE TABLE booking (id INTEGER NOT NULL PRIMARY KEY, room VARCHAR(10), CONSTRAINT fk_booking_room"
        " FOREIGN KEY (room) REFERENCES room (code) ON UPDATE CASCADE ON DELETE CASCADE)"
    )
    op.execute("CREATE SEQUENCE ticket_number START WITH 100 INCREMENT BY 5")
    op.execute("SELECT NEXTVAL(ticket_number)")


def downgrade():
    op.execute("DROP SEQUENCE ticket_number")
    op.execute("DROP EVENT nightly")
    op.execute("DROP FUNCTION with_tax")
    op.execute("DROP PROCEDURE forget_visits")
    op.execute("DROP PROCEDURE trim_credits")
    for table in ("booking", "room", "region_log", "region", "bin"):
        op.drop_table(table)
    op.execute("DROP TRIGGER shelf_room")
    op.execute("DROP TRIGGER shelf_code")
    op.execute("DROP TABLE audit")
    op.execute("DROP VIEW own_loans")
    op.execute("DROP VIEW long_books")
    for table in ("access_log", "price_history", "tariff", "tag", "poster", "member_card", "edition"):
        op.drop_table(table)
