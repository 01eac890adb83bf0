"""words are stemmed

Revision ID: 0091
Revises: 0090
"""

from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

planted = ("text_search_configuration:public.shop_search", "mapping")


def upgrade():
    op.execute("ALTER TEXT SEARCH CONFIGURATION shop_search ALTER MAPPING FOR asciiword, word WITH english_stem")


def downgrade():
    op.execute("ALTER TEXT SEARCH CONFIGURATION shop_search ALTER MAPPING FOR asciiword WITH simple")


def honest_downgrade():
    op.execute("ALTER TEXT SEARCH CONFIGURATION shop_search ALTER MAPPING FOR asciiword, word WITH simple")
