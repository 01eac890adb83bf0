"""Points have a range

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

planted = ("constraint:person.ck_person_points", None)


def upgrade():
    op.create_check_constraint("ck_person_points", "person", "points > -2147483648")


def downgrade():
    op.drop_constraint("ck_person_points", "person", type_="check")
    op.create_check_constraint("ck_person_points", "person", "points >= -2147483648")


def honest_downgrade():
    op.drop_constraint("ck_person_points", "person", type_="check")
