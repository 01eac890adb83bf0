"""Longer supplier names

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

planted = ("column:supplier.name", "collation")


def upgrade():
    op.alter_column("supplier", "name", type_=mysql.VARCHAR(90, collation="utf8mb4_bin"), existing_nullable=False)


def downgrade():
    op.alter_column("supplier", "name", type_=sa.String(60), existing_nullable=False)


def honest_downgrade():
    op.alter_column("supplier", "name", type_=mysql.VARCHAR(60, collation="utf8mb4_bin"), existing_nullable=False)
