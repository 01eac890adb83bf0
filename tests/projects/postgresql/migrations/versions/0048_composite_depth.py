"""sizes have a depth

Revision ID: 0048
Revises: 0047
"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

planted = ("type:size3", "attributes")


def upgrade():
    op.execute("ALTER TYPE size3 ADD ATTRIBUTE depth integer")
    op.execute("ALTER TYPE size3 ALTER ATTRIBUTE width TYPE bigint")


def downgrade():
    op.execute("ALTER TYPE size3 DROP ATTRIBUTE depth")


def honest_downgrade():
    op.execute("ALTER TYPE size3 DROP ATTRIBUTE depth")
    op.execute("ALTER TYPE size3 ALTER ATTRIBUTE width TYPE integer")
