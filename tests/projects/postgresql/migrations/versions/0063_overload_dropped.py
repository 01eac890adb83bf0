"""there is one tax only

Revision ID: 0063
Revises: 0062
"""

from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

planted = ("routine:gross(net numeric, rate numeric)", None)


def upgrade():
    op.execute("DROP FUNCTION gross(numeric, numeric)")


def downgrade():
    op.execute(
        "CREATE FUNCTION gross(net numeric, rate double precision) RETURNS numeric LANGUAGE sql "
        "AS 'SELECT net * rate::numeric'"
    )


def honest_downgrade():
    op.execute("CREATE FUNCTION gross(net numeric, rate numeric) RETURNS numeric LANGUAGE sql AS 'SELECT net * rate'")
