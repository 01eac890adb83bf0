"""Longer contacts

Revision ID: 0074
Revises: 0073
"""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

planted = ("rows:supplier", "column contact")


def upgrade():
    op.alter_column("supplier", "contact", type_=sa.String(200), existing_type=sa.String(40))


def downgrade():
    op.execute("UPDATE supplier SET contact = LEFT(contact, 40)")
    op.alter_column("supplier", "contact", type_=sa.String(40), existing_type=sa.String(200))


def honest_downgrade():
    op.alter_column("supplier", "contact", type_=sa.String(40), existing_type=sa.String(200))
