"""birthdays exist every year

Revision ID: 0105
Revises: 0104
"""

from alembic import op

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None

planted = ("rows:person", "column born")


def upgrade():
    op.execute(
        "CREATE TABLE person_leap AS SELECT id FROM person "
        "WHERE extract(month FROM born) = 2 AND extract(day FROM born) = 29"
    )
    op.execute("UPDATE person SET born = born - 1 WHERE id IN (SELECT id FROM person_leap)")


def downgrade():
    op.drop_table("person_leap")


def honest_downgrade():
    op.execute("UPDATE person SET born = born + 1 WHERE id IN (SELECT id FROM person_leap)")
    op.drop_table("person_leap")
