"""Settings have groups

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

planted = ("table:setting", "without_rowid")


def upgrade():
    op.add_column("setting", sa.Column("section", sa.Text()))


def downgrade():
    op.execute("CREATE TABLE setting_old (name TEXT NOT NULL PRIMARY KEY, value ANY, note TEXT, owner TEXT) STRICT")
    op.execute("INSERT INTO setting_old SELECT name, value, note, owner FROM setting")
    op.drop_table("setting")
    op.rename_table("setting_old", "setting")


def honest_downgrade():
    op.drop_column("setting", "section")
