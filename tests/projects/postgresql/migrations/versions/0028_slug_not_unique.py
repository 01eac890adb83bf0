"""two categories may share a slug

Revision ID: 0028
Revises: 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

planted = ("constraint:category.category_slug_key", None)


def upgrade():
    op.drop_constraint("uq_category_slug", "category", type_="unique")


def downgrade():
    op.create_unique_constraint(None, "category", ["slug"])


def honest_downgrade():
    op.create_unique_constraint("uq_category_slug", "category", ["slug"])
