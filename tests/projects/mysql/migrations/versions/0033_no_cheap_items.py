"""Nothing is cheap any more

Revision ID: 0033
Revises: 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

planted = ("view:cheap_item", None)


def upgrade():
    op.execute("DROP VIEW cheap_item")


def downgrade():
    pass


def honest_downgrade():
    op.execute("CREATE VIEW cheap_item AS SELECT id, code FROM item WHERE price < 5")
