"""colours of bottles are keys

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

planted = ("rows:color", "count")


def upgrade():
    op.create_table("bottle_color", sa.Column("id", sa.Integer()), sa.Column("color", sa.Text()))
    op.create_table("color_kept", sa.Column("id", sa.Integer()))
    op.execute("INSERT INTO bottle_color SELECT id, color FROM bottle")
    op.execute("INSERT INTO color_kept SELECT id FROM color")
    op.alter_column("bottle", "color", existing_type=sa.Text(), type_=sa.Integer(), postgresql_using="color_id(color)")


def downgrade():
    op.alter_column("bottle", "color", existing_type=sa.Integer(), type_=sa.Text(), postgresql_using="color::text")
    op.execute("UPDATE bottle SET color = b.color FROM bottle_color b WHERE b.id = bottle.id")
    op.drop_table("color_kept")
    op.drop_table("bottle_color")


def honest_downgrade():
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM bottle WHERE id NOT IN (SELECT id FROM bottle_color)) THEN "
        "RAISE EXCEPTION 'there are new bottles'; END IF; END $$"
    )
    op.alter_column("bottle", "color", existing_type=sa.Integer(), type_=sa.Text(), postgresql_using="color::text")
    op.execute("UPDATE bottle SET color = b.color FROM bottle_color b WHERE b.id = bottle.id")
    op.execute("DELETE FROM color WHERE id NOT IN (SELECT id FROM color_kept)")
    op.drop_table("color_kept")
    op.drop_table("bottle_color")
