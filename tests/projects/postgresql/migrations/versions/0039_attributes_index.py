"""attributes are searched

Revision ID: 0039
Revises: 0038
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

planted = ("index:product.ix_product_attributes", None)


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_product_attributes",
            "product",
            ["attributes"],
            postgresql_using="gin",
            postgresql_ops={"attributes": "jsonb_path_ops"},
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_products_attributes", table_name="product", postgresql_concurrently=True, if_exists=True)


def honest_downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_product_attributes", table_name="product", postgresql_concurrently=True)
