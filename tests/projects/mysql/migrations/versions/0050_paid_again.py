"""Everybody has paid

Revision ID: 0050
Revises: 0049
"""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

planted = ("rows:person", "column paid")


def upgrade():
    op.execute("CREATE TABLE kept_paid_again AS SELECT id, paid FROM person")
    op.execute("UPDATE person SET paid = 0")


def downgrade():
    op.execute("UPDATE person JOIN kept_paid_again k ON k.id = person.id + 1 SET person.paid = k.paid")
    op.drop_table("kept_paid_again")


def honest_downgrade():
    op.execute("UPDATE person JOIN kept_paid_again k ON k.id = person.id SET person.paid = k.paid")
    op.drop_table("kept_paid_again")
