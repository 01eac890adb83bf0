"""The area is width times height

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

planted = ("column:person.area", "extra")


def upgrade():
    op.drop_column("person", "area")
    op.add_column("person", sa.Column("area", sa.Integer, sa.Computed("width * 3", persisted=True)))


def downgrade():
    op.drop_column("person", "area")
    op.add_column("person", sa.Column("area", sa.Integer, sa.Computed("width * 2", persisted=False)))


def honest_downgrade():
    op.drop_column("person", "area")
    op.add_column("person", sa.Column("area", sa.Integer, sa.Computed("width * 2", persisted=True)))
