"""genres are removed by anybody

Revision ID: 0069
Revises: 0068
"""

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DROP RULE keep_genre ON genre")


def downgrade():
    op.execute("CREATE RULE keep_genre AS ON DELETE TO genre WHERE OLD.name = 'kept' DO INSTEAD NOTHING")
