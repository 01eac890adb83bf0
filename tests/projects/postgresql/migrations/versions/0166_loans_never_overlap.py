"""a copy is lent once at a time, returned or not

Revision ID: 0166
Revises: 0165
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0166"
down_revision = "0165"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "lending",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("period", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(("copy_number", "="), ("period", "&&"), name="ex_lending"),
    )


def downgrade():
    op.drop_table("lending")
