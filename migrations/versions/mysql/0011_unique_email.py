"""Keep e-mail addresses in lower case, and each only once

Create Date: 2024-04-17

Where several accounts have one address, the oldest keeps it; the others get one that reaches nobody, so that no
account is lost. Every address that changes is kept in ``bothways_kept_email`` and comes back on the way down, unless
it was changed since. The constraints come last, in one statement; those before may run again after a crash.
"""

from alembic import op

revision = "my_0011"
down_revision = "my_0010"
branch_labels = None
depends_on = None
change = "unique-email"

EMAIL = "email VARCHAR(254) NOT NULL COMMENT 'Address for messages and sign-in, {}'"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE IF NOT EXISTS bothways_kept_email (
            user_id CHAR(32) PRIMARY KEY, email VARCHAR(254) NOT NULL, given VARCHAR(254) NOT NULL
        ) ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
    """)
    # Compared as bytes, since the server ignores blanks at the end of texts.
    op.execute("""
        REPLACE INTO bothways_kept_email
        SELECT id, email, given
        FROM (
            SELECT id, email,
                CASE WHEN row_number() OVER (PARTITION BY lower(trim(email)) ORDER BY created_at, id) = 1
                THEN lower(trim(email)) ELSE concat('duplicate-', id, '@accounts.invalid') END AS given
            FROM users
        ) AS address
        WHERE CAST(given AS BINARY) <> CAST(email AS BINARY)
    """)
    op.execute("""
        UPDATE users JOIN bothways_kept_email AS kept ON kept.user_id = users.id SET users.email = kept.given
    """)
    op.execute(f"""
        ALTER TABLE users
            MODIFY {EMAIL.format("in lower case")},
            ADD CONSTRAINT uq_users_email UNIQUE (email),
            ADD CONSTRAINT ck_users_email_lower CHECK (email = lower(email))
    """)


def downgrade() -> None:
    op.execute(f"""
        ALTER TABLE users
            DROP CONSTRAINT ck_users_email_lower,
            DROP INDEX uq_users_email,
            MODIFY {EMAIL.format("as typed")}
    """)
    op.execute("""
        UPDATE users JOIN bothways_kept_email AS kept ON kept.user_id = users.id
        SET users.email = kept.email WHERE users.email = kept.given
    """)
    op.drop_table("bothways_kept_email")
