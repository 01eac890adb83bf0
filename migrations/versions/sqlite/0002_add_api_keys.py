"""Add API keys

Create Date: 2022-03-21

A new table, so nothing waits. The way back keeps the keys in ``bothways_kept_api_keys`` and the way up gives them
back to the users who are still there.
"""

from alembic import op

revision = "lite_0002"
down_revision = "lite_0001"
branch_labels = None
depends_on = None
change = "add-api-keys"

COLUMNS = (
    "id, user_id, name, prefix, secret_hash, scopes, allowed_network, expires_at, revoked_at, created_at, updated_at"
)
KEPT = """
    CREATE TABLE IF NOT EXISTS bothways_kept_api_keys (
        id CHAR(32) PRIMARY KEY, user_id CHAR(32), name VARCHAR(80), prefix VARCHAR(12), secret_hash VARCHAR(128),
        scopes JSON, allowed_network VARCHAR(49), expires_at DATETIME, revoked_at DATETIME, created_at DATETIME,
        updated_at DATETIME
    )
"""


def upgrade() -> None:
    op.execute("""
        CREATE TABLE api_keys (
            id CHAR(32) NOT NULL,
            user_id CHAR(32) NOT NULL,
            name VARCHAR(80) NOT NULL,
            prefix VARCHAR(12) NOT NULL,
            secret_hash VARCHAR(128) NOT NULL,
            scopes JSON DEFAULT '[]' NOT NULL,
            allowed_network VARCHAR(49),
            expires_at DATETIME,
            revoked_at DATETIME,
            active_name VARCHAR(80)
                GENERATED ALWAYS AS (CASE WHEN revoked_at IS NULL THEN name ELSE NULL END) STORED,
            created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
            updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
            CONSTRAINT pk_api_keys PRIMARY KEY (id),
            CONSTRAINT uq_api_keys_prefix UNIQUE (prefix),
            CONSTRAINT uq_api_keys_user_id_active_name UNIQUE (user_id, active_name),
            CONSTRAINT fk_api_keys_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        )
    """)
    op.create_index("ix_api_keys_user_id", "api_keys", ["user_id"])
    op.execute(KEPT)
    op.execute(f"""
        INSERT INTO api_keys ({COLUMNS})
        SELECT {COLUMNS} FROM bothways_kept_api_keys WHERE user_id IN (SELECT id FROM users)
    """)
    op.drop_table("bothways_kept_api_keys")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute(f"INSERT INTO bothways_kept_api_keys ({COLUMNS}) SELECT {COLUMNS} FROM api_keys")
    op.drop_table("api_keys")
