"""Move what users say about themselves into user_profiles

Create Date: 2022-06-08

Three columns that few requests read leave ``users``, with their data. Each statement commits by itself, so the
columns go last, when their data is safe, and each statement before may run again after a crash. Users without a
profile have its defaults; the way back remembers who had none, so that the way up makes none.
"""

from alembic import op

revision = "my_0003"
down_revision = "my_0002"
branch_labels = None
depends_on = None
change = "split-user-profiles"

DEFAULTS = (
    """locale = 'en' AND biography IS NULL AND CAST(settings AS CHAR) = '{"theme": "light", "density": "cosy"}'"""
)
KEPT = """
    CREATE TABLE IF NOT EXISTS bothways_kept_users_without_profile (user_id CHAR(32) PRIMARY KEY)
    ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
"""


def upgrade() -> None:
    op.execute("""
        CREATE TABLE IF NOT EXISTS user_profiles (
            user_id CHAR(32) NOT NULL COMMENT 'Whose profile it is',
            locale VARCHAR(10) NOT NULL DEFAULT 'en' COMMENT 'Language and region, as in en-GB',
            biography TEXT COMMENT 'A few words about the user',
            settings JSON NOT NULL DEFAULT ('{"theme": "light", "density": "cosy"}')
                COMMENT 'Choices made in the application',
            PRIMARY KEY (user_id),
            CONSTRAINT fk_user_profiles_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        ) ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
        COMMENT='What users say about themselves; a user without a row has the defaults'
    """)
    op.execute(KEPT)
    op.execute(f"""
        REPLACE INTO user_profiles (user_id, locale, biography, settings)
        SELECT id, locale, biography, settings FROM users
        WHERE NOT (id IN (SELECT user_id FROM bothways_kept_users_without_profile) AND {DEFAULTS})
    """)
    op.drop_table("bothways_kept_users_without_profile")
    op.execute("ALTER TABLE users DROP COLUMN locale, DROP COLUMN biography, DROP COLUMN settings")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("""
        REPLACE INTO bothways_kept_users_without_profile
        SELECT id FROM users WHERE id NOT IN (SELECT user_id FROM user_profiles)
    """)
    op.execute("""
        ALTER TABLE users
            ADD COLUMN locale VARCHAR(10) NOT NULL DEFAULT 'en' COMMENT 'Language and region, as in en-GB'
                AFTER updated_at,
            ADD COLUMN biography TEXT COMMENT 'A few words about the user' AFTER locale,
            ADD COLUMN settings JSON NOT NULL DEFAULT ('{"theme": "light", "density": "cosy"}')
                COMMENT 'Choices made in the application' AFTER biography
    """)
    op.execute("""
        UPDATE users JOIN user_profiles AS profile ON profile.user_id = users.id
        SET users.locale = profile.locale, users.biography = profile.biography, users.settings = profile.settings
    """)
    op.drop_table("user_profiles")
