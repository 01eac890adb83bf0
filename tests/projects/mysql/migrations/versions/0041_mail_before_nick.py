"""Put the address first

Revision ID: 0041
Revises: 0040
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

planted = ("column:person.mail", "position")


def upgrade():
    op.execute("ALTER TABLE person MODIFY mail VARCHAR(80) FIRST")


def downgrade():
    op.execute("ALTER TABLE person MODIFY mail VARCHAR(80) AFTER id")


def honest_downgrade():
    op.execute("ALTER TABLE person MODIFY mail VARCHAR(80) AFTER nick")
