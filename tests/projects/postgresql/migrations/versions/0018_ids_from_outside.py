"""ids come from the shop in front

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

planted = ("rows:customer_id_seq", "position")


def upgrade():
    op.execute("ALTER TABLE customer ALTER COLUMN id DROP IDENTITY")


def downgrade():
    op.execute("ALTER TABLE customer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY")


def honest_downgrade():
    op.execute("ALTER TABLE customer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY")
    op.execute("SELECT setval('customer_id_seq', greatest(max(id), 2)) FROM customer")
