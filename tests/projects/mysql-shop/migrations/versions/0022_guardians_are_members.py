"""Guardians are members

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

planted = ("index:member_card.fk_member_guardian", None)


def upgrade():
    op.create_foreign_key("fk_member_guardian", "member_card", "member", ["guardian_id"], ["id"])


def downgrade():
    op.drop_constraint("fk_member_guardian", "member_card", type_="foreignkey")


def honest_downgrade():
    op.drop_constraint("fk_member_guardian", "member_card", type_="foreignkey")
    op.drop_index("fk_member_guardian", "member_card")
