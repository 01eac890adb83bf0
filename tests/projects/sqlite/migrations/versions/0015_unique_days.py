"""A day once

Revision ID: 0015
Revises: 0014
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

planted = ("constraint:diary.uq_diary_day", None)


def upgrade():
    with op.batch_alter_table("diary") as batch:
        batch.create_unique_constraint("uq_diary_day", ["day", "id"])


def downgrade():
    pass


def honest_downgrade():
    with op.batch_alter_table("diary") as batch:
        batch.drop_constraint("uq_diary_day", type_="unique")
