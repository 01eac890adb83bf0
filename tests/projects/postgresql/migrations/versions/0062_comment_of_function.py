"""gross is described anew

Revision ID: 0062
Revises: 0061
"""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

planted = ("routine:gross(net numeric)", "comment")


def upgrade():
    op.execute("DROP FUNCTION gross(numeric)")
    op.execute(
        "CREATE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT "
        "AS $$ SELECT net + round(net * 0.21, 2) $$"
    )


def downgrade():
    op.execute("DROP FUNCTION gross(numeric)")
    op.execute(
        "CREATE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT "
        "AS $$ SELECT round(net * 1.21, 2) $$"
    )


def honest_downgrade():
    op.execute("DROP FUNCTION gross(numeric)")
    op.execute(
        "CREATE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT "
        "AS $$ SELECT round(net * 1.21, 2) $$"
    )
    op.execute("COMMENT ON FUNCTION gross(numeric) IS 'With tax'")
