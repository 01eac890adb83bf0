"""a copy may be lent twice

Revision ID: 0167
Revises: 0166
"""

from alembic import op

revision = "0167"
down_revision = "0166"
branch_labels = None
depends_on = None

planted = ("rows:lending", "count")


def upgrade():
    op.drop_constraint("ex_lending", "lending")


def downgrade():
    op.execute(
        "DELETE FROM lending a USING lending b "
        "WHERE a.copy_number = b.copy_number AND a.period && b.period AND a.id > b.id"
    )
    op.create_exclude_constraint("ex_lending", "lending", ("copy_number", "="), ("period", "&&"), using="gist")


def honest_downgrade():
    op.create_exclude_constraint("ex_lending", "lending", ("copy_number", "="), ("period", "&&"), using="gist")
