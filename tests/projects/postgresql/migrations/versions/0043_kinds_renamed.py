"""billing is called invoice

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

planted = ("type:address_kind", "labels")


def upgrade():
    op.execute("ALTER TYPE address_kind RENAME VALUE 'billing' TO 'invoice'")


def downgrade():
    op.execute("ALTER TYPE address_kind RENAME TO address_kind_old")
    sa.Enum("shipping", "billing", "other", name="address_kind").create(op.get_bind())
    op.execute(
        "ALTER TABLE address ALTER COLUMN kind TYPE address_kind "
        "USING replace(kind::text, 'invoice', 'billing')::address_kind"
    )
    op.execute("DROP TYPE address_kind_old")


def honest_downgrade():
    op.execute("ALTER TYPE address_kind RENAME VALUE 'invoice' TO 'billing'")
