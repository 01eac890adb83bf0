"""Codes as typed

Revision ID: 0040
Revises: 0039
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

planted = ("trigger:shelf.shelf_code", "statement")


def upgrade():
    op.execute("DROP TRIGGER shelf_code")


def downgrade():
    op.execute("CREATE TRIGGER shelf_code BEFORE INSERT ON shelf FOR EACH ROW SET NEW.code = RTRIM(NEW.code)")


def honest_downgrade():
    op.execute("CREATE TRIGGER shelf_code BEFORE INSERT ON shelf FOR EACH ROW SET NEW.code = TRIM(NEW.code)")
