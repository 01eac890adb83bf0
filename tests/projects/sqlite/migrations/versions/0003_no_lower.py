"""Names as they are

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

planted = ("index:reader.ix_reader_lower", "definition")


def upgrade():
    op.drop_index("ix_reader_lower", table_name="reader")


def downgrade():
    op.execute("CREATE INDEX ix_reader_lower ON reader (upper(name))")


def honest_downgrade():
    op.execute("CREATE INDEX ix_reader_lower ON reader (lower(name))")
