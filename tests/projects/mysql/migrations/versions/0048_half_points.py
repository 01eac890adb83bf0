"""Half the points

Revision ID: 0048
Revises: 0047
"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

planted = ("rows:person", "column points")


def upgrade():
    op.execute("CREATE TABLE kept_half_points AS SELECT id, points FROM person")
    op.execute("UPDATE person SET points = points DIV 2")


def downgrade():
    op.execute("UPDATE person SET points = points * 2")
    op.drop_table("kept_half_points")


def honest_downgrade():
    op.execute("UPDATE person JOIN kept_half_points k ON k.id = person.id SET person.points = k.points")
    op.drop_table("kept_half_points")
