"""texts are normalized

Revision ID: 0104
Revises: 0103
"""

from alembic import op

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None

planted = ("rows:person", "column bio")


def upgrade():
    op.execute("CREATE TABLE person_bio AS SELECT id, bio FROM person WHERE bio IS NOT NFC NORMALIZED")
    op.execute("UPDATE person SET bio = normalize(bio, NFC) WHERE bio IS NOT NFC NORMALIZED")


def downgrade():
    op.execute("UPDATE person SET bio = normalize(b.bio, NFD) FROM person_bio b WHERE b.id = person.id")
    op.drop_table("person_bio")


def honest_downgrade():
    op.execute("UPDATE person SET bio = b.bio FROM person_bio b WHERE b.id = person.id")
    op.drop_table("person_bio")
