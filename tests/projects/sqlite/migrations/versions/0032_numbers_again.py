"""Numbers start again

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

planted = ("rows:number", "position")


def upgrade():
    op.execute("CREATE TABLE kept_number AS SELECT * FROM number")
    op.execute("CREATE TABLE kept_seq AS SELECT seq FROM sqlite_sequence WHERE name = 'number'")
    op.execute("DELETE FROM number")


def downgrade():
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'number'")
    op.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('number', 0)")
    op.execute("INSERT INTO number SELECT * FROM kept_number")
    op.execute("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'number'")
    op.drop_table("kept_seq")
    op.drop_table("kept_number")


def honest_downgrade():
    op.execute("INSERT INTO number SELECT * FROM kept_number")
    op.drop_table("kept_seq")
    op.drop_table("kept_number")
