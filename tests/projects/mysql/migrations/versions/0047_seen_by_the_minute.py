"""Nobody needs seconds

Revision ID: 0047
Revises: 0046
"""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

planted = ("rows:person", "column seen")


def upgrade():
    op.execute("CREATE TABLE kept_seen_by_the_minute AS SELECT id, seen FROM person")
    op.execute("UPDATE person SET seen = DATE_FORMAT(seen, '%Y-%m-%d %H:%i:00')")


def downgrade():
    op.execute(
        "UPDATE person JOIN kept_seen_by_the_minute k ON k.id = person.id SET person.seen = DATE_FORMAT(k.seen, '%Y-%m-%d %H:%i:%s')"
    )
    op.drop_table("kept_seen_by_the_minute")


def honest_downgrade():
    op.execute("UPDATE person JOIN kept_seen_by_the_minute k ON k.id = person.id SET person.seen = k.seen")
    op.drop_table("kept_seen_by_the_minute")
