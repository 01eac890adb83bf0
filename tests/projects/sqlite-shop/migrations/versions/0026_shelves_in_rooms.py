"""Shelves in rooms

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

planted = ("trigger:shelf.shelf_logged", None)


def upgrade():
    op.add_column("shelf", sa.Column("room", sa.Text()))


def downgrade():
    op.execute("DROP VIEW shelf_codes")
    with op.batch_alter_table("shelf", recreate="always") as batch:
        batch.drop_column("room")
    op.execute("CREATE VIEW shelf_codes AS SELECT id, code FROM shelf")


def honest_downgrade():
    op.drop_column("shelf", "room")
