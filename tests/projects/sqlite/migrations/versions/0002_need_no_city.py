"""A city may be anything

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

planted = ("index:reader.ix_reader_city", "columns")


def upgrade():
    op.drop_index("ix_reader_city", table_name="reader")


def downgrade():
    op.create_index("ix_reader_city", "reader", ["city"])


def honest_downgrade():
    op.execute("CREATE INDEX ix_reader_city ON reader (city DESC)")
