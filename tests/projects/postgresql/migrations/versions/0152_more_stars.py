"""there may be more than five stars

Revision ID: 0152
Revises: 0151
"""

from alembic import op

revision = "0152"
down_revision = "0151"
branch_labels = None
depends_on = None

planted = ("rows:memo", "column stars")


def upgrade():
    op.drop_constraint("ck_memo_stars", "memo", type_="check")


def downgrade():
    op.execute("UPDATE memo SET stars = 5 WHERE stars > 5")
    op.execute("UPDATE memo SET stars = 0 WHERE stars < 0")
    op.create_check_constraint("ck_memo_stars", "memo", "stars between 0 and 5")


def honest_downgrade():
    op.create_check_constraint("ck_memo_stars", "memo", "stars between 0 and 5")
