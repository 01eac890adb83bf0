"""what is cheap costs less than twenty

Revision ID: 0054
Revises: 0053
"""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

planted = ("view:cheap_product", "definition")


def upgrade():
    op.execute("CREATE OR REPLACE VIEW cheap_product AS SELECT id, name, price FROM product WHERE price < 20")


def downgrade():
    op.execute("CREATE OR REPLACE VIEW cheap_product AS SELECT id, name, price FROM product WHERE price <= 10")


def honest_downgrade():
    op.execute("CREATE OR REPLACE VIEW cheap_product AS SELECT id, name, price FROM product WHERE price < 10")
