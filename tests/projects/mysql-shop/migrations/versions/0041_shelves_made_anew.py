"""Shelves made anew

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

planted = ("trigger:shelf.shelf_room", None)


def upgrade():
    op.create_table(
        "shelf_new",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(12)),
        sa.Column("room", sa.String(20)),
        sa.Column("height", sa.Integer()),
        sa.Column("width", sa.Integer()),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
    )
    op.execute("INSERT INTO shelf_new (id, code, room, height) SELECT id, code, room, height FROM shelf")
    op.rename_table("shelf", "shelf_old")
    op.rename_table("shelf_new", "shelf")


def downgrade():
    op.execute("DROP TRIGGER shelf_room")
    op.drop_table("shelf")
    op.rename_table("shelf_old", "shelf")


def honest_downgrade():
    newer = op.get_bind().scalar(sa.text("SELECT COUNT(*) FROM shelf WHERE id NOT IN (SELECT id FROM shelf_old)"))
    if newer:
        raise RuntimeError(f"{newer} shelves are newer than shelf_old")
    op.drop_table("shelf")
    op.rename_table("shelf_old", "shelf")
