"""visits of 2024 are put aside

Revision ID: 0079
Revises: 0078
"""

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

planted = ("table:visit_2024", "partition_bound")


def upgrade():
    op.execute("ALTER TABLE visit DETACH PARTITION visit_2024")


def downgrade():
    op.execute("ALTER TABLE visit ATTACH PARTITION visit_2024 FOR VALUES FROM ('2023-12-31') TO ('2025-01-01')")


def honest_downgrade():
    op.execute("ALTER TABLE visit ATTACH PARTITION visit_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')")
