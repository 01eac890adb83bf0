"""avatars are texts

Revision ID: 0111
Revises: 0110
"""

import sqlalchemy as sa
from alembic import op

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None

planted = ("rows:person", "column avatar")


def upgrade():
    op.alter_column(
        "person",
        "avatar",
        existing_type=sa.LargeBinary(),
        type_=sa.Text(),
        postgresql_using="encode(avatar, 'base64')",
    )


def downgrade():
    op.alter_column(
        "person",
        "avatar",
        existing_type=sa.Text(),
        type_=sa.LargeBinary(),
        postgresql_using="decode(nullif(avatar, ''), 'base64')",
    )


def honest_downgrade():
    op.alter_column(
        "person",
        "avatar",
        existing_type=sa.Text(),
        type_=sa.LargeBinary(),
        postgresql_using="decode(avatar, 'base64')",
    )
