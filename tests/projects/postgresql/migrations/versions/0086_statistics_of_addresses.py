"""cities and streets go together

Revision ID: 0086
Revises: 0085
"""

from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

planted = ("statistics:st_address", None)


def upgrade():
    op.execute("DROP STATISTICS IF EXISTS st_address")
    op.execute("CREATE STATISTICS st_address ON city, street FROM address")
    op.execute("DROP STATISTICS st_address")
    op.execute("CREATE STATISTICS st_street (dependencies) ON city, street FROM address")


def downgrade():
    op.execute("ALTER STATISTICS st_street RENAME TO st_address")


def honest_downgrade():
    op.execute("DROP STATISTICS st_street")
