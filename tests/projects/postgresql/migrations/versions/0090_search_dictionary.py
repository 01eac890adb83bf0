"""unknown words are refused

Revision ID: 0090
Revises: 0089
"""

from alembic import op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None

planted = ("text_search_dictionary:public.shop_words", "options")


def upgrade():
    op.execute("ALTER TEXT SEARCH DICTIONARY shop_words (Accept = false)")


def downgrade():
    op.execute("ALTER TEXT SEARCH DICTIONARY shop_words (Accept)")


def honest_downgrade():
    op.execute("ALTER TEXT SEARCH DICTIONARY shop_words (Accept = true)")
