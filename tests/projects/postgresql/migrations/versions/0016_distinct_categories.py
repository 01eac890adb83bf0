"""tell the planner how many categories there are

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

planted = ("column:product.category_id", "options")


def upgrade():
    op.execute("ALTER TABLE product ALTER category_id SET (n_distinct = 250)")


def downgrade():
    op.execute("ALTER TABLE product ALTER category_id SET (n_distinct = -1)")


def honest_downgrade():
    op.execute("ALTER TABLE product ALTER category_id RESET (n_distinct)")
