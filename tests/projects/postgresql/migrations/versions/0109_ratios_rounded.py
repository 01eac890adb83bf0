"""ratios have two digits

Revision ID: 0109
Revises: 0108
"""

from alembic import op

revision = "0109"
down_revision = "0108"
branch_labels = None
depends_on = None

planted = ("rows:person", "column ratio")


def upgrade():
    op.execute("CREATE TABLE person_ratio AS SELECT id, ratio FROM person")
    op.execute("UPDATE person SET ratio = round(ratio::numeric, 2)")


def downgrade():
    op.execute("UPDATE person SET ratio = round(r.ratio::numeric, 15) FROM person_ratio r WHERE r.id = person.id")
    op.drop_table("person_ratio")


def honest_downgrade():
    op.execute("UPDATE person SET ratio = r.ratio FROM person_ratio r WHERE r.id = person.id")
    op.drop_table("person_ratio")
