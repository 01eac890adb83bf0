"""labels are made through a view

Revision ID: 0057
Revises: 0056
"""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

planted = ("column:label_color.color", "default")


def upgrade():
    op.alter_column("label_color", "color", server_default="white")


def downgrade():
    op.alter_column("label_color", "color", server_default="")


def honest_downgrade():
    op.alter_column("label_color", "color", server_default=None)
