"""the log of visits need not survive

Revision ID: 0081
Revises: 0080
"""

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

planted = ("table:visit_log", "persistence")


def upgrade():
    op.execute("ALTER TABLE visit_log SET UNLOGGED")


def downgrade():
    op.execute("ALTER TABLE visit_log SET (fillfactor = 80)")


def honest_downgrade():
    op.execute("ALTER TABLE visit_log SET LOGGED")
