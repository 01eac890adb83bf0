"""words of labels are longer

Revision ID: 0056
Revises: 0055
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

planted = ("view:label_word", None)


def upgrade():
    op.execute("DROP VIEW label_word CASCADE")
    op.alter_column("label", "word", existing_type=sa.String(40), type_=sa.String(41))


def downgrade():
    op.alter_column("label", "word", existing_type=sa.String(41), type_=sa.String(40))


def honest_downgrade():
    op.alter_column("label", "word", existing_type=sa.String(41), type_=sa.String(40))
    op.execute("CREATE VIEW label_word AS SELECT id, word FROM label WHERE word <> ''")
    op.execute("ALTER VIEW label_word ALTER COLUMN word SET DEFAULT 'none'")
