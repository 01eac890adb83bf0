"""Tariffs without history

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

planted = ("table:tariff", "versioned")


def upgrade():
    op.execute("ALTER TABLE tariff DROP SYSTEM VERSIONING")


def downgrade():
    op.execute("ALTER TABLE tariff COMMENT = ''")


def honest_downgrade():
    op.execute("ALTER TABLE tariff ADD SYSTEM VERSIONING")
