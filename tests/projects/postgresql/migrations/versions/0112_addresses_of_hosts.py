"""addresses of hosts are texts

Revision ID: 0112
Revises: 0111
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None

planted = ("rows:person", "column last_ip")


def upgrade():
    op.execute("CREATE TABLE person_ip AS SELECT id, last_ip FROM person")
    op.alter_column(
        "person", "last_ip", existing_type=postgresql.INET(), type_=sa.String(45), postgresql_using="host(last_ip)"
    )


def downgrade():
    op.alter_column(
        "person", "last_ip", existing_type=sa.String(45), type_=postgresql.INET(), postgresql_using="last_ip::inet"
    )
    op.drop_table("person_ip")


def honest_downgrade():
    op.alter_column(
        "person", "last_ip", existing_type=sa.String(45), type_=postgresql.INET(), postgresql_using="last_ip::inet"
    )
    op.execute("UPDATE person SET last_ip = i.last_ip FROM person_ip i WHERE i.id = person.id")
    op.drop_table("person_ip")
