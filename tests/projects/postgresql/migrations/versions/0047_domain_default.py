"""numbers of books have no default

Revision ID: 0047
Revises: 0046
"""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

planted = ("type:isbn13", "default")


def upgrade():
    op.execute("ALTER DOMAIN isbn13 SET DEFAULT 'none'")


def downgrade():
    op.execute("ALTER DOMAIN isbn13 DROP DEFAULT")


def honest_downgrade():
    op.execute("ALTER DOMAIN isbn13 SET DEFAULT 'unknown'")
