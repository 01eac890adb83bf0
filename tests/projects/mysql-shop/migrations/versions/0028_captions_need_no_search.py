"""Captions need no search

Revision ID: 0028
Revises: 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

planted = ("index:poster.ft_poster_caption", "definition")


def upgrade():
    op.drop_index("ft_poster_caption", "poster")


def downgrade():
    op.create_index("ft_poster_caption", "poster", ["caption"], mysql_length={"caption": 50})


def honest_downgrade():
    op.create_index("ft_poster_caption", "poster", ["caption"], mysql_prefix="FULLTEXT")
