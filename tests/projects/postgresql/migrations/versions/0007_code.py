"""views, functions and triggers

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE VIEW cheap_product AS SELECT id, name, price FROM product WHERE price < 10")
    op.execute(
        "CREATE VIEW open_orders WITH (security_barrier = true) AS "
        "SELECT id, number, status FROM orders WHERE status = 'new' WITH LOCAL CHECK OPTION"
    )
    op.execute(
        "CREATE MATERIALIZED VIEW author_books AS "
        "SELECT a.id, a.name, count(b.isbn) AS books FROM author a LEFT JOIN book b ON b.author_id = a.id GROUP BY a.id"
    )
    op.execute("CREATE UNIQUE INDEX ux_author_books ON author_books (id)")
    op.execute(
        "CREATE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT "
        "AS $$ SELECT round(net * 1.19, 2) $$"
    )
    op.execute("CREATE FUNCTION gross(net numeric, rate numeric) RETURNS numeric LANGUAGE sql AS 'SELECT net * rate'")
    op.execute(
        "CREATE FUNCTION slugify() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.reviewer := lower(NEW.reviewer); RETURN NEW; END $$"
    )
    op.execute("COMMENT ON FUNCTION gross(numeric) IS 'With tax'")


def downgrade():
    op.execute("DROP FUNCTION slugify()")
    op.execute("DROP FUNCTION gross(numeric, numeric)")
    op.execute("DROP FUNCTION gross(numeric)")
    op.execute("DROP MATERIALIZED VIEW author_books")
    op.execute("DROP VIEW open_orders")
    op.execute("DROP VIEW cheap_product")
