"""codes need not be unique

Revision ID: 0151
Revises: 0150
"""

from alembic import op

revision = "0151"
down_revision = "0150"
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
