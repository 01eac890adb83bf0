"""Forget all visits

Revision ID: 0042
Revises: 0041
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

planted = ("procedure:forget_visits", "definition")


def upgrade():
    op.execute("CREATE OR REPLACE PROCEDURE forget_visits() DELETE FROM visit")


def downgrade():
    op.execute("CREATE OR REPLACE PROCEDURE forget_visits() DELETE FROM visit WHERE day <= 0")


def honest_downgrade():
    op.execute("CREATE OR REPLACE PROCEDURE forget_visits() DELETE FROM visit WHERE day < 0")
