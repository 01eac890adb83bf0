"""Look up members by shop

Revision ID: 0028
Revises: 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

planted = ("index:membership.PRIMARY", "definition")


def upgrade():
    op.drop_constraint("fk_membership_person", "membership", type_="foreignkey")
    op.execute("ALTER TABLE membership DROP PRIMARY KEY, ADD PRIMARY KEY (shop_id, person_id)")


def downgrade():
    op.execute("ALTER TABLE membership DROP PRIMARY KEY, ADD PRIMARY KEY (shop_id, person_id)")
    op.create_foreign_key("fk_membership_person", "membership", "person", ["person_id"], ["id"])


def honest_downgrade():
    op.execute("ALTER TABLE membership DROP PRIMARY KEY, ADD PRIMARY KEY (person_id, shop_id)")
    op.create_foreign_key("fk_membership_person", "membership", "person", ["person_id"], ["id"])
