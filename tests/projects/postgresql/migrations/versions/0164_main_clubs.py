"""people may have several main clubs

Revision ID: 0164
Revises: 0163
"""

import sqlalchemy as sa
from alembic import op

revision = "0164"
down_revision = "0163"
branch_labels = None
depends_on = None

planted = ("rows:member", "column main")


def upgrade():
    op.drop_index("ux_member_main", table_name="member")


def downgrade():
    op.execute(
        "UPDATE member a SET main = false FROM member b "
        "WHERE a.main AND b.main AND a.person = b.person AND a.club > b.club"
    )
    op.create_index("ux_member_main", "member", ["person"], unique=True, postgresql_where=sa.text("main"))


def honest_downgrade():
    op.create_index("ux_member_main", "member", ["person"], unique=True, postgresql_where=sa.text("main"))
