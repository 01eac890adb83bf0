"""depots are numbered from a thousand

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

planted = ("rows:pallet", "column depot_code")


def upgrade():
    op.create_table("depot_number", sa.Column("id", sa.Integer()), sa.Column("code", sa.Integer()))
    op.execute("INSERT INTO depot_number SELECT id, code FROM depot")
    op.create_table("pallet_depot", sa.Column("id", sa.Integer()), sa.Column("depot_code", sa.Integer()))
    op.execute("INSERT INTO pallet_depot SELECT id, depot_code FROM pallet")
    op.execute(
        "INSERT INTO depot SELECT id, row_number() OVER (ORDER BY id) + 70000 FROM depot_number "
        "ON CONFLICT ON CONSTRAINT pk_depot DO UPDATE SET code = excluded.code"
    )


def downgrade():
    op.execute(
        "INSERT INTO depot SELECT id, code FROM depot_number "
        "ON CONFLICT ON CONSTRAINT pk_depot DO UPDATE SET code = excluded.code"
    )
    op.drop_table("pallet_depot")
    op.drop_table("depot_number")


def honest_downgrade():
    op.execute(
        "INSERT INTO depot SELECT id, code FROM depot_number "
        "ON CONFLICT ON CONSTRAINT pk_depot DO UPDATE SET code = excluded.code"
    )
    op.execute("UPDATE pallet SET depot_code = p.depot_code FROM pallet_depot p WHERE p.id = pallet.id")
    op.drop_table("pallet_depot")
    op.drop_table("depot_number")
