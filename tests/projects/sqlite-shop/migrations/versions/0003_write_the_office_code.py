"""Write the office code

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE VIEW long_books AS SELECT id, title FROM book WHERE pages > 300")
    op.execute("CREATE VIEW shelf_codes AS SELECT id, code FROM shelf")
    op.execute(
        "CREATE TRIGGER shelf_codes_write INSTEAD OF UPDATE ON shelf_codes"
        " BEGIN UPDATE shelf SET code = NEW.code WHERE id = OLD.id; END"
    )
    op.execute(
        "CREATE TRIGGER shelf_logged AFTER UPDATE OF height ON shelf"
        " BEGIN INSERT INTO shelf_log (code) VALUES (OLD.code); END"
    )
    op.execute("CREATE TRIGGER book_gone AFTER DELETE ON book BEGIN DELETE FROM loan WHERE book_id = OLD.id; END")


def downgrade():
    op.execute("DROP TRIGGER book_gone")
    op.execute("DROP TRIGGER shelf_logged")
    op.execute("DROP TRIGGER shelf_codes_write")
    op.execute("DROP VIEW shelf_codes")
    op.execute("DROP VIEW long_books")
