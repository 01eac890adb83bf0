"""Authors of posters

Revision ID: 0056
Revises: 0055
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

planted = ("rows:poster", "column artist")


def upgrade():
    op.create_table(
        "artist",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("poster_id", sa.Integer()),
        sa.Column("name", sa.String(40)),
    )
    op.execute("INSERT INTO artist (poster_id, name) SELECT id, artist FROM poster ORDER BY id")
    op.execute("UPDATE poster SET artist = NULL")


def downgrade():
    op.execute("UPDATE poster JOIN artist ON artist.id = poster.id SET poster.artist = artist.name")
    op.drop_table("artist")


def honest_downgrade():
    op.execute("UPDATE poster JOIN artist ON artist.poster_id = poster.id SET poster.artist = artist.name")
    op.drop_table("artist")
