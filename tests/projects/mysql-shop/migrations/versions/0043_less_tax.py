"""Less tax

Revision ID: 0043
Revises: 0042
"""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

planted = ("function:with_tax", "definition")


def upgrade():
    op.execute(
        "CREATE OR REPLACE FUNCTION with_tax(net INTEGER) RETURNS INTEGER DETERMINISTIC RETURN net * 107 DIV 100"
    )


def downgrade():
    op.execute("CREATE OR REPLACE FUNCTION with_tax(net INTEGER) RETURNS INTEGER RETURN net * 119 DIV 100")


def honest_downgrade():
    op.execute(
        "CREATE OR REPLACE FUNCTION with_tax(net INTEGER) RETURNS INTEGER DETERMINISTIC RETURN net * 119 DIV 100"
    )
