"""products are rarely vacuumed

Revision ID: 0084
Revises: 0083
"""

from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

planted = ("table:product", "toast_options")


def upgrade():
    op.execute("ALTER TABLE product SET (toast.autovacuum_vacuum_threshold = 500)")


def downgrade():
    op.execute("ALTER TABLE product RESET (autovacuum_vacuum_threshold)")


def honest_downgrade():
    op.execute("ALTER TABLE product RESET (toast.autovacuum_vacuum_threshold)")
