"""the tax goes up

Revision ID: 0061
Revises: 0060
"""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

planted = ("routine:gross(net numeric)", "definition")


def upgrade():
    op.execute(
        "CREATE OR REPLACE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT "
        "AS $$ SELECT round(net * 1.21, 2) $$"
    )


def downgrade():
    op.execute(
        "CREATE OR REPLACE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE "
        "AS $$ SELECT round(net * 1.19, 2) $$"
    )


def honest_downgrade():
    op.execute(
        "CREATE OR REPLACE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT "
        "AS $$ SELECT round(net * 1.19, 2) $$"
    )
