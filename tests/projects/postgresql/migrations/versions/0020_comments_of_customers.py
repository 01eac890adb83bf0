"""names are for letters too

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

planted = ("column:customer.name", "comment")


def upgrade():
    op.alter_column(
        "customer",
        "name",
        existing_type=sa.String(100),
        comment="As printed on invoices and letters",
        existing_comment="As printed on invoices",
    )


def downgrade():
    op.alter_column("customer", "name", existing_type=sa.String(100), comment="As printed on invoices and letters")


def honest_downgrade():
    op.alter_column("customer", "name", existing_type=sa.String(100), comment="As printed on invoices")
