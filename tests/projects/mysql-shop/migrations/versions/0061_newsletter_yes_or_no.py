"""Newsletter yes or no

Revision ID: 0061
Revises: 0060
"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

planted = ("rows:customer", "column newsletter")


def upgrade():
    op.add_column("customer", sa.Column("letters", sa.String(5)))
    op.execute("UPDATE customer SET letters = CASE newsletter WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END")
    op.execute("UPDATE customer SET newsletter = NULL")


def downgrade():
    op.execute("UPDATE customer SET newsletter = COALESCE(letters = 'yes', 0)")
    op.drop_column("customer", "letters")


def honest_downgrade():
    op.execute("UPDATE customer SET newsletter = COALESCE(newsletter, letters = 'yes')")
    op.drop_column("customer", "letters")
