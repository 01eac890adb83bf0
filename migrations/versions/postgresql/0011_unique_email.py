"""Keep e-mail addresses in lower case, and each only once

Create Date: 2024-04-17

Where several accounts have one address, the oldest keeps it; the others get one that reaches nobody, so that no
account is lost. Every address that changes is kept in ``bothways_kept_email`` and comes back on the way down, unless
it was changed since. The constraints read the table under an exclusive lock; ``users`` is small enough for that.
"""

from alembic import op

revision = "pg_0011"
down_revision = "pg_0010"
branch_labels = None
depends_on = None
change = "unique-email"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE bothways_kept_email (
            user_id uuid PRIMARY KEY, email varchar(254) NOT NULL, given varchar(254) NOT NULL
        )
    """)
    op.execute("""
        INSERT INTO bothways_kept_email
        SELECT id, email, given
        FROM (
            SELECT id, email,
                CASE WHEN row_number() OVER (PARTITION BY lower(trim(email)) ORDER BY created_at, id) = 1
                THEN lower(trim(email)) ELSE 'duplicate-' || id || '@accounts.invalid' END AS given
            FROM users
        ) AS address
        WHERE given <> email
    """)
    op.execute("UPDATE users SET email = kept.given FROM bothways_kept_email AS kept WHERE kept.user_id = users.id")
    op.create_unique_constraint(op.f("uq_users_email"), "users", ["email"])
    op.create_check_constraint(op.f("ck_users_email_lower"), "users", "email = lower(email)")
    op.execute("COMMENT ON COLUMN users.email IS 'Address for messages and sign-in, in lower case'")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_users_email_lower"), "users", type_="check")
    op.drop_constraint(op.f("uq_users_email"), "users", type_="unique")
    op.execute("COMMENT ON COLUMN users.email IS 'Address for messages and sign-in, as typed'")
    op.execute("""
        UPDATE users SET email = kept.email
        FROM bothways_kept_email AS kept WHERE kept.user_id = users.id AND users.email = kept.given
    """)
    op.drop_table("bothways_kept_email")
