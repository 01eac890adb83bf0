"""Only very big shops are big

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

planted = ("view:big_shop", "definition")


def upgrade():
    op.execute("CREATE OR REPLACE VIEW big_shop AS SELECT id, name FROM shop WHERE size > 100")


def downgrade():
    op.execute("CREATE OR REPLACE VIEW big_shop AS SELECT id, name FROM shop WHERE size >= 10")


def honest_downgrade():
    op.execute("CREATE OR REPLACE VIEW big_shop AS SELECT id, name FROM shop WHERE size > 10")
