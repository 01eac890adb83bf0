"""Members are people

Revision ID: 0024
Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

planted = ("constraint:membership.fk_membership_person", None)


def upgrade():
    op.create_foreign_key("fk_membership_person", "membership", "person", ["person_id"], ["id"])


def downgrade():
    pass


def honest_downgrade():
    op.drop_constraint("fk_membership_person", "membership", type_="foreignkey")
