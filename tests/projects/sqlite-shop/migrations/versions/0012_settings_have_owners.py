"""Settings have owners

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

planted = ("table:setting", "strict")


def upgrade():
    op.add_column("setting", sa.Column("owner", sa.Text()))


def downgrade():
    op.execute("CREATE TABLE setting_old (name TEXT NOT NULL PRIMARY KEY, value ANY, note TEXT) WITHOUT ROWID")
    op.execute("INSERT INTO setting_old SELECT name, value, note FROM setting")
    op.drop_table("setting")
    op.rename_table("setting_old", "setting")


def honest_downgrade():
    op.drop_column("setting", "owner")
