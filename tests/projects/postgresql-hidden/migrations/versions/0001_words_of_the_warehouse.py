"""functions that write by themselves

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("color", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text()))
    op.create_table("bottle", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("color", sa.Text()))
    op.create_table("counter", sa.Column("name", sa.Text(), primary_key=True), sa.Column("value", sa.Integer()))
    op.execute("INSERT INTO counter VALUES ('invoice', 7)")
    op.execute(
        "CREATE FUNCTION color_id(text) RETURNS integer LANGUAGE plpgsql STRICT AS $$ BEGIN "
        "INSERT INTO color VALUES (hashtext($1), $1) ON CONFLICT DO NOTHING; RETURN hashtext($1); END $$"
    )
    op.execute(
        "CREATE FUNCTION next_invoice() RETURNS integer LANGUAGE sql AS "
        "$$ UPDATE counter SET value = value + 1 WHERE name = 'invoice' RETURNING value $$"
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("number", sa.Integer(), server_default=sa.text("next_invoice()")),
    )
    op.create_table(
        "depot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_depot"),
        sa.UniqueConstraint("code", name="uq_depot_code"),
    )
    op.create_table(
        "pallet",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "depot_code",
            sa.Integer(),
            sa.ForeignKey("depot.code", name="fk_pallet_depot", onupdate="SET NULL", ondelete="SET NULL"),
        ),
    )
    op.execute("CREATE TABLE loan_note (id integer PRIMARY KEY, reader text)")
    op.execute("CREATE SCHEMA archive")
    op.execute("CREATE TABLE archive.loan_note (id integer PRIMARY KEY, reader text)")
    op.execute("CREATE TABLE box (id integer PRIMARY KEY, what text)")
    op.execute("CREATE TABLE crate (id integer PRIMARY KEY, what text)")


def downgrade():
    for table in ("crate", "box", "archive.loan_note", "loan_note", "pallet", "depot", "invoice"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP SCHEMA archive")
    op.execute("DROP FUNCTION next_invoice()")
    op.execute("DROP FUNCTION color_id(text)")
    for table in ("counter", "bottle", "color"):
        op.execute(f"DROP TABLE {table}")
