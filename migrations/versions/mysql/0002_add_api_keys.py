"""Add API keys

Create Date: 2022-03-21

A new table, so nothing waits. Each statement commits by itself, so each may run again after a crash. The way back
keeps the keys in ``bothways_kept_api_keys`` and the way up gives them back to the users who are still there.
"""

from alembic import op

revision = "my_0002"
down_revision = "my_0001"
branch_labels = None
depends_on = None
change = "add-api-keys"

COLUMNS = (
    "id, user_id, name, prefix, secret_hash, scopes, allowed_network, expires_at, revoked_at, created_at, updated_at"
)
KEPT = """
    CREATE TABLE IF NOT EXISTS bothways_kept_api_keys (
        id CHAR(32) PRIMARY KEY, user_id CHAR(32), name VARCHAR(80), prefix VARCHAR(12), secret_hash VARCHAR(128),
        scopes JSON, allowed_network VARCHAR(49), expires_at DATETIME(6), revoked_at DATETIME(6),
        created_at DATETIME(6), updated_at DATETIME(6)
    ) ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
"""


def upgrade() -> None:
    op.execute("""
        CREATE TABLE IF NOT EXISTS api_keys (
            id CHAR(32) NOT NULL COMMENT 'Key of the API key',
            user_id CHAR(32) NOT NULL COMMENT 'For whom the key acts',
            name VARCHAR(80) NOT NULL COMMENT 'What the key is for, in the user''s words',
            prefix VARCHAR(12) NOT NULL COMMENT 'Beginning of the key, by which it is found',
            secret_hash VARCHAR(128) NOT NULL COMMENT 'Hash of the rest of the key',
            scopes JSON NOT NULL DEFAULT ('[]') COMMENT 'What the key may be used for',
            allowed_network VARCHAR(49) COMMENT 'Network from which the key may be used; any where empty',
            expires_at DATETIME(6) COMMENT 'When the key ends, in UTC; never if empty',
            revoked_at DATETIME(6) COMMENT 'When the key was withdrawn, in UTC',
            active_name VARCHAR(80)
                GENERATED ALWAYS AS (CASE WHEN revoked_at IS NULL THEN name ELSE NULL END) STORED
                COMMENT 'The name while the key is not withdrawn',
            created_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was made, in UTC',
            updated_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was last changed, in UTC',
            PRIMARY KEY (id),
            CONSTRAINT uq_api_keys_prefix UNIQUE (prefix),
            CONSTRAINT uq_api_keys_user_id_active_name UNIQUE (user_id, active_name),
            INDEX ix_api_keys_user_id (user_id),
            CONSTRAINT fk_api_keys_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        ) ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
        COMMENT='Keys by which programs act for users; only hashes of the secrets are kept'
    """)
    op.execute(KEPT)
    op.execute(f"""
        INSERT IGNORE INTO api_keys ({COLUMNS})
        SELECT {COLUMNS} FROM bothways_kept_api_keys WHERE user_id IN (SELECT id FROM users)
    """)
    op.drop_table("bothways_kept_api_keys")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute(f"REPLACE INTO bothways_kept_api_keys ({COLUMNS}) SELECT {COLUMNS} FROM api_keys")
    op.drop_table("api_keys")
