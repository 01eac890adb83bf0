"""Page numbers are positive

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

planted = ("column:edition.pages", "definition")


def upgrade():
    op.alter_column("edition", "pages", type_=sa.BigInteger(), existing_nullable=True)


def downgrade():
    op.alter_column("edition", "pages", type_=sa.Integer(), existing_nullable=True)


def honest_downgrade():
    op.execute("ALTER TABLE edition MODIFY pages INTEGER CHECK (pages > 0)")
