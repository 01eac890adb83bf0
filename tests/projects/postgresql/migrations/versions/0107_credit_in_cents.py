"""credit is counted in cents

Revision ID: 0107
Revises: 0106
"""

import sqlalchemy as sa
from alembic import op

revision = "0107"
down_revision = "0106"
branch_labels = None
depends_on = None

planted = ("rows:person", "column credit")


def upgrade():
    op.execute("CREATE TABLE person_credit AS SELECT id, credit FROM person")
    op.alter_column(
        "person",
        "credit",
        existing_type=sa.Numeric(12, 4),
        type_=sa.BigInteger(),
        postgresql_using="trunc(credit * 100)",
    )


def downgrade():
    op.alter_column(
        "person", "credit", existing_type=sa.BigInteger(), type_=sa.Numeric(12, 4), postgresql_using="credit / 100.0"
    )
    op.drop_table("person_credit")


def honest_downgrade():
    op.alter_column(
        "person", "credit", existing_type=sa.BigInteger(), type_=sa.Numeric(12, 4), postgresql_using="credit / 100.0"
    )
    op.execute("UPDATE person SET credit = c.credit FROM person_credit c WHERE c.id = person.id")
    op.drop_table("person_credit")
