"""symbols come from the locale

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

planted = ("column:currency.name", "position")


def upgrade():
    op.execute("CREATE TABLE currency_symbol AS SELECT code, symbol FROM currency")
    op.drop_column("currency", "symbol")


def downgrade():
    op.add_column("currency", sa.Column("symbol", sa.String(5), nullable=True))
    op.execute("UPDATE currency c SET symbol = s.symbol FROM currency_symbol s WHERE s.code = c.code")
    op.drop_table("currency_symbol")


def honest_downgrade():
    op.rename_table("currency", "currency_old")
    op.execute("ALTER TABLE currency_old RENAME CONSTRAINT pk_currency TO pk_currency_old")
    op.create_table(
        "currency",
        sa.Column("code", sa.CHAR(3), nullable=False),
        sa.Column("symbol", sa.String(5), nullable=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_currency"),
    )
    op.execute(
        "INSERT INTO currency SELECT o.code, s.symbol, o.name "
        "FROM currency_old o LEFT JOIN currency_symbol s USING (code)"
    )
    op.drop_table("currency_old")
    op.drop_table("currency_symbol")
