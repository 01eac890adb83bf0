"""suppliers are loaded anew

Revision ID: 0133
Revises: 0132
"""

from alembic import op

revision = "0133"
down_revision = "0132"
branch_labels = None
depends_on = None

planted = ("rows:supply", "count")


def upgrade():
    op.execute("CREATE TABLE supplier_backup AS SELECT * FROM supplier")
    op.execute("UPDATE supplier SET name = upper(name)")


def downgrade():
    op.execute("DELETE FROM supplier")
    op.execute("INSERT INTO supplier SELECT * FROM supplier_backup")
    op.drop_table("supplier_backup")


def honest_downgrade():
    op.execute("UPDATE supplier SET name = b.name FROM supplier_backup b WHERE b.id = supplier.id")
    op.drop_table("supplier_backup")
