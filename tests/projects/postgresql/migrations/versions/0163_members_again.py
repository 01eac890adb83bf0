"""people may be members again

Revision ID: 0163
Revises: 0162
"""

from alembic import op

revision = "0163"
down_revision = "0162"
branch_labels = None
depends_on = None

planted = ("rows:member", "count")


def upgrade():
    op.drop_constraint("pk_member", "member", type_="primary")
    op.create_primary_key("pk_member", "member", ["club", "person", "since"])


def downgrade():
    op.execute(
        "DELETE FROM member a USING member b WHERE a.club = b.club AND a.person = b.person AND a.since > b.since"
    )
    op.drop_constraint("pk_member", "member", type_="primary")
    op.create_primary_key("pk_member", "member", ["club", "person"])


def honest_downgrade():
    op.drop_constraint("pk_member", "member", type_="primary")
    op.create_primary_key("pk_member", "member", ["club", "person"])
