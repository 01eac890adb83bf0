"""Tags in any case

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

planted = ("table:tag", "collation")


def upgrade():
    op.execute("ALTER TABLE tag DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci")


def downgrade():
    op.execute("ALTER TABLE tag DEFAULT CHARSET=utf8mb4")


def honest_downgrade():
    op.execute("ALTER TABLE tag DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin")
