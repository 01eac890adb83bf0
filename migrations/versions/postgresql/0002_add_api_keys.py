"""Add API keys

Create Date: 2022-03-21

A new table, so nothing waits. The way back keeps the keys in ``bothways_kept_api_keys`` and the way up gives them
back to the users who are still there.
"""

from alembic import op

revision = "pg_0002"
down_revision = "pg_0001"
branch_labels = None
depends_on = None
change = "add-api-keys"

COLUMNS = (
    "id, user_id, name, prefix, secret_hash, scopes, allowed_network, expires_at, revoked_at, created_at, updated_at"
)
KEPT = """
    CREATE TABLE IF NOT EXISTS bothways_kept_api_keys (
        id uuid PRIMARY KEY, user_id uuid, name varchar(80), prefix varchar(12), secret_hash varchar(128),
        scopes text[], allowed_network cidr, expires_at timestamptz, revoked_at timestamptz, created_at timestamptz,
        updated_at timestamptz
    )
"""
COMMENTS = {
    "id": "Key of the API key",
    "user_id": "For whom the key acts",
    "name": "What the key is for, in the user's words",
    "prefix": "Beginning of the key, by which it is found",
    "secret_hash": "Hash of the rest of the key",
    "scopes": "What the key may be used for",
    "allowed_network": "Network from which the key may be used; any where empty",
    "expires_at": "When the key ends, in UTC; never if empty",
    "revoked_at": "When the key was withdrawn, in UTC",
    "active_name": "The name while the key is not withdrawn",
    "created_at": "When the row was made, in UTC",
    "updated_at": "When the row was last changed, in UTC",
}


def upgrade() -> None:
    op.execute("""
        CREATE TABLE api_keys (
            id UUID NOT NULL,
            user_id UUID NOT NULL,
            name VARCHAR(80) COLLATE "C" NOT NULL,
            prefix VARCHAR(12) COLLATE "C" NOT NULL,
            secret_hash VARCHAR(128) COLLATE "C" NOT NULL,
            scopes TEXT[] DEFAULT '{}'::text[] NOT NULL,
            allowed_network CIDR,
            expires_at TIMESTAMP WITH TIME ZONE,
            revoked_at TIMESTAMP WITH TIME ZONE,
            active_name VARCHAR(80) COLLATE "C"
                GENERATED ALWAYS AS (CASE WHEN revoked_at IS NULL THEN name ELSE NULL END) STORED,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_api_keys PRIMARY KEY (id),
            CONSTRAINT uq_api_keys_prefix UNIQUE (prefix),
            CONSTRAINT uq_api_keys_user_id_active_name UNIQUE (user_id, active_name),
            CONSTRAINT fk_api_keys_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        )
    """)
    op.create_index("ix_api_keys_user_id", "api_keys", ["user_id"])
    op.create_table_comment("api_keys", "Keys by which programs act for users; only hashes of the secrets are kept")
    for column, comment in COMMENTS.items():
        escaped = comment.replace("'", "''")
        op.execute(f"COMMENT ON COLUMN api_keys.{column} IS '{escaped}'")
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
