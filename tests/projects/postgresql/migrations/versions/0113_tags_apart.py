"""tags are rows

Revision ID: 0113
Revises: 0112
"""

import sqlalchemy as sa
from alembic import op

revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None

planted = ("rows:person", "column tags")


def upgrade():
    op.create_table(
        "person_tag",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=True),
    )
    op.execute(
        "INSERT INTO person_tag SELECT id, u.place, u.tag FROM person LEFT JOIN LATERAL "
        "unnest(tags) WITH ORDINALITY u (tag, place) ON true WHERE tags IS NOT NULL"
    )
    op.execute("UPDATE person SET tags = NULL")


def downgrade():
    op.execute(
        "UPDATE person SET tags = t.tags FROM (SELECT person_id, array_agg(tag ORDER BY tag) "
        "FILTER (WHERE place IS NOT NULL) AS tags FROM person_tag GROUP BY person_id) t WHERE t.person_id = person.id"
    )
    op.drop_table("person_tag")


def honest_downgrade():
    op.execute(
        "UPDATE person SET tags = coalesce(t.tags, '{}') FROM (SELECT person_id, array_agg(tag ORDER BY place) "
        "FILTER (WHERE place IS NOT NULL) AS tags FROM person_tag GROUP BY person_id) t WHERE t.person_id = person.id"
    )
    op.drop_table("person_tag")
