"""names are compared by trigrams

Revision ID: 0049
Revises: 0048
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

planted = ("extension:pg_trgm", None)


def upgrade():
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_index(
        "ix_author_name_trgm", "author", ["name"], postgresql_using="gist", postgresql_ops={"name": "gist_trgm_ops"}
    )


def downgrade():
    op.drop_index("ix_author_name_trgm", table_name="author")


def honest_downgrade():
    op.drop_index("ix_author_name_trgm", table_name="author")
    op.execute("DROP EXTENSION pg_trgm")
