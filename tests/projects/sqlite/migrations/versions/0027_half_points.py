"""Half the points

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

planted = ("rows:reader", "column points")


def upgrade():
    op.execute("CREATE TABLE kept_half_points AS SELECT id, points FROM reader")
    op.execute("UPDATE reader SET points = points / 2")


def downgrade():
    op.execute("UPDATE reader SET points = points * 2")
    op.drop_table("kept_half_points")


def honest_downgrade():
    op.execute("UPDATE reader SET points = (SELECT k.points FROM kept_half_points k WHERE k.id = reader.id)")
    op.drop_table("kept_half_points")
