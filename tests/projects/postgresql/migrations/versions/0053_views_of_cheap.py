"""what is cheap costs less than twenty

Revision ID: 0053
Revises: 0052
"""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE VIEW label_word AS SELECT id, word FROM label WHERE word <> ''")
    op.execute("ALTER VIEW label_word ALTER COLUMN word SET DEFAULT 'none'")
    op.execute("CREATE VIEW label_color AS SELECT id, color FROM label")


def downgrade():
    op.execute("DROP VIEW label_color")
    op.execute("DROP VIEW label_word")
