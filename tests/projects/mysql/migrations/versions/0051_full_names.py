"""One name instead of two

Revision ID: 0051
Revises: 0050
"""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

planted = ("rows:person", "column first_name")


def upgrade():
    op.execute("CREATE TABLE kept_names AS SELECT id, first_name, last_name FROM person")
    op.drop_column("person", "first_name")
    op.drop_column("person", "last_name")


def downgrade():
    op.execute("ALTER TABLE person ADD first_name VARCHAR(40) AFTER id, ADD last_name VARCHAR(40) AFTER first_name")
    op.execute(
        "UPDATE person JOIN kept_names k ON k.id = person.id SET person.first_name = k.last_name, person.last_name = k.first_name"
    )
    op.drop_table("kept_names")


def honest_downgrade():
    op.execute("ALTER TABLE person ADD first_name VARCHAR(40) AFTER mail, ADD last_name VARCHAR(40) AFTER first_name")
    op.execute(
        "ALTER TABLE person MODIFY mail VARCHAR(80) FIRST, MODIFY first_name VARCHAR(40) AFTER id, MODIFY last_name VARCHAR(40) AFTER first_name"
    )
    op.execute(
        "UPDATE person JOIN kept_names k ON k.id = person.id SET person.first_name = k.first_name, person.last_name = k.last_name"
    )
    op.drop_table("kept_names")
