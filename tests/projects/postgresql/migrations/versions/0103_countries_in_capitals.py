"""countries are ISO 3166

Revision ID: 0103
Revises: 0102
"""

from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None

planted = ("rows:person", "column country")


def upgrade():
    op.execute("CREATE TABLE person_country AS SELECT id, country FROM person WHERE country <> upper(country)")
    op.execute("UPDATE person SET country = upper(country)")


def downgrade():
    op.execute("UPDATE person SET country = lower(country) WHERE id IN (SELECT id FROM person_country)")
    op.execute("UPDATE person SET country = lower(country) WHERE country = 'PL'")
    op.drop_table("person_country")


def honest_downgrade():
    op.execute("UPDATE person SET country = c.country FROM person_country c WHERE c.id = person.id")
    op.drop_table("person_country")
