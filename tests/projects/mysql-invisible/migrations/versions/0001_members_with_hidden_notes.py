"""Members with hidden notes

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("member", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(60)))
    op.execute("ALTER TABLE member ADD COLUMN note VARCHAR(40) INVISIBLE")


def downgrade():
    op.drop_table("member")
