"""Everybody has a nickname

Revision ID: 0051
Revises: 0050
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

planted = ("rows:customer", "column nickname")


def upgrade():
    op.add_column("customer", sa.Column("nameless", sa.Boolean(), server_default="0", nullable=False))
    op.execute("UPDATE customer SET nameless = nickname IS NULL, nickname = COALESCE(nickname, '')")
    op.alter_column("customer", "nickname", existing_type=sa.String(30), nullable=False)


def downgrade():
    op.alter_column("customer", "nickname", existing_type=sa.String(30), nullable=True)
    op.execute("UPDATE customer SET nickname = NULL WHERE nickname = ''")
    op.drop_column("customer", "nameless")


def honest_downgrade():
    op.alter_column("customer", "nickname", existing_type=sa.String(30), nullable=True)
    op.execute("UPDATE customer SET nickname = NULL WHERE nameless AND nickname = ''")
    op.drop_column("customer", "nameless")
