"""the tree of categories is flat

Revision ID: 0140
Revises: 0139
"""

from alembic import op

revision = "0140"
down_revision = "0139"
branch_labels = None
depends_on = None

planted = ("rows:category", "column parent_id")


def upgrade():
    op.execute("CREATE TABLE category_parent AS SELECT id, parent_id FROM category WHERE parent_id IS NOT NULL")
    op.execute("UPDATE category SET parent_id = NULL")


def downgrade():
    op.execute(
        "UPDATE category SET parent_id = p.parent_id FROM category_parent p "
        "WHERE p.id = category.id AND p.parent_id <> p.id"
    )
    op.drop_table("category_parent")


def honest_downgrade():
    op.execute("UPDATE category SET parent_id = p.parent_id FROM category_parent p WHERE p.id = category.id")
    op.drop_table("category_parent")
