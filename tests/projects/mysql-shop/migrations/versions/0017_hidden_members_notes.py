"""Hidden members notes

Revision ID: 0017
Revises: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

planted = ("column:member.note", None)


def upgrade():
    op.execute("ALTER TABLE member ADD COLUMN note VARCHAR(40) INVISIBLE")


def downgrade():
    op.execute("ALTER TABLE member ALTER COLUMN note SET DEFAULT ''")


def honest_downgrade():
    op.drop_column("member", "note")
