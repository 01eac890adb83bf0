"""Move what users say about themselves into user_profiles

Create Date: 2022-06-08

Three columns that few requests read leave ``users``, with their data; SQLite drops and adds columns by itself,
without a rebuild. Users without a profile have its defaults; the way back remembers who had none, so that the way up
makes none.
"""

from alembic import op

revision = "lite_0003"
down_revision = "lite_0002"
branch_labels = None
depends_on = None
change = "split-user-profiles"

DEFAULTS = """locale = 'en' AND biography IS NULL AND settings = '{"theme": "light", "density": "cosy"}'"""
KEPT = "CREATE TABLE IF NOT EXISTS bothways_kept_users_without_profile (user_id CHAR(32) PRIMARY KEY)"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE user_profiles (
            user_id CHAR(32) NOT NULL,
            locale VARCHAR(10) DEFAULT 'en' NOT NULL,
            biography TEXT,
            settings JSON DEFAULT '{"theme": "light", "density": "cosy"}' NOT NULL,
            CONSTRAINT pk_user_profiles PRIMARY KEY (user_id),
            CONSTRAINT fk_user_profiles_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        )
    """)
    op.execute(KEPT)
    op.execute(f"""
        INSERT INTO user_profiles (user_id, locale, biography, settings)
        SELECT id, locale, biography, settings FROM users
        WHERE NOT (id IN (SELECT user_id FROM bothways_kept_users_without_profile) AND {DEFAULTS})
    """)
    op.drop_table("bothways_kept_users_without_profile")
    for column in ("settings", "biography", "locale"):
        op.drop_column("users", column)


def downgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN locale VARCHAR(10) DEFAULT 'en' NOT NULL")
    op.execute("ALTER TABLE users ADD COLUMN biography TEXT")
    op.execute("""
        ALTER TABLE users ADD COLUMN settings JSON DEFAULT '{"theme": "light", "density": "cosy"}' NOT NULL
    """)
    op.execute("""
        UPDATE users SET locale = profile.locale, biography = profile.biography, settings = profile.settings
        FROM user_profiles AS profile WHERE profile.user_id = users.id
    """)
    op.execute(KEPT)
    op.execute("""
        INSERT INTO bothways_kept_users_without_profile
        SELECT id FROM users WHERE id NOT IN (SELECT user_id FROM user_profiles)
    """)
    op.drop_table("user_profiles")
