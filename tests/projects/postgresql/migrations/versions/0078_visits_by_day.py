"""visits are kept by day

Revision ID: 0078
Revises: 0077
"""

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE visit (day date NOT NULL, path text) PARTITION BY RANGE (day)")
    op.execute("CREATE TABLE visit_2024 PARTITION OF visit FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')")
    op.execute("CREATE TABLE visit_rest PARTITION OF visit DEFAULT")
    op.execute("CREATE TABLE event (id integer, what text)")
    op.execute("CREATE TABLE event_2025 (CHECK (id > 0) NO INHERIT) INHERITS (event)")
    op.execute("CREATE TABLE visit_log (day date) WITH (fillfactor = 80, autovacuum_enabled = false)")


def downgrade():
    op.execute("DROP TABLE visit_log")
    op.execute("DROP TABLE event_2025")
    op.execute("DROP TABLE event")
    op.execute("DROP TABLE visit")
