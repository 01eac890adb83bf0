"""genres may be removed

Revision ID: 0071
Revises: 0070
"""

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

planted = ("rule:genre.keep_genre", "definition")


def upgrade():
    op.execute("DROP RULE keep_genre ON genre")


def downgrade():
    op.execute("CREATE RULE keep_genre AS ON DELETE TO genre DO INSTEAD NOTHING")


def honest_downgrade():
    op.execute("CREATE RULE keep_genre AS ON DELETE TO genre WHERE OLD.name = 'kept' DO INSTEAD NOTHING")
