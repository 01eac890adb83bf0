"""Rules without text

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

planted = ("column:rule.text", "definition")


def upgrade():
    op.execute("CREATE TABLE rule_new (id INTEGER PRIMARY KEY, text TEXT, weight INTEGER)")
    op.execute("INSERT INTO rule_new SELECT * FROM rule")
    op.drop_table("rule")
    op.rename_table("rule_new", "rule")


def downgrade():
    with op.batch_alter_table("rule") as batch:
        batch.alter_column("text", nullable=False)


def honest_downgrade():
    if op.get_bind().scalar(sa.text("SELECT COUNT(*) FROM rule WHERE text IS NULL")):
        raise RuntimeError("there are rules without text")
    op.execute("CREATE TABLE rule_old (id INTEGER PRIMARY KEY, text TEXT NOT NULL ON CONFLICT IGNORE, weight INTEGER)")
    op.execute("INSERT INTO rule_old SELECT * FROM rule")
    op.drop_table("rule")
    op.rename_table("rule_old", "rule")
