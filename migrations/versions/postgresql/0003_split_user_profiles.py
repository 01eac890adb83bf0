"""Move what users say about themselves into user_profiles

Create Date: 2022-06-08

Three columns that few requests read leave ``users``, with their data. It locks ``users`` for as long as copying them
takes. Users without a profile have its defaults; the way back remembers who had none, so that the way up makes none.
"""

from alembic import op

revision = "pg_0003"
down_revision = "pg_0002"
branch_labels = None
depends_on = None
change = "split-user-profiles"

DEFAULTS = """locale = 'en' AND biography IS NULL AND settings = '{"theme": "light", "density": "cosy"}'::jsonb"""
KEPT = "CREATE TABLE IF NOT EXISTS bothways_kept_users_without_profile (user_id uuid PRIMARY KEY)"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE user_profiles (
            user_id UUID NOT NULL,
            locale VARCHAR(10) COLLATE "C" DEFAULT 'en' NOT NULL,
            biography TEXT,
            settings JSONB DEFAULT '{"theme": "light", "density": "cosy"}'::jsonb NOT NULL,
            CONSTRAINT pk_user_profiles PRIMARY KEY (user_id),
            CONSTRAINT fk_user_profiles_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        )
    """)
    op.create_table_comment("user_profiles", "What users say about themselves; a user without a row has the defaults")
    op.execute("COMMENT ON COLUMN user_profiles.user_id IS 'Whose profile it is'")
    _comment("user_profiles")
    op.execute(KEPT)
    op.execute(f"""
        INSERT INTO user_profiles (user_id, locale, biography, settings)
        SELECT id, locale, biography, settings FROM users
        WHERE NOT (id IN (SELECT user_id FROM bothways_kept_users_without_profile) AND {DEFAULTS})
    """)
    op.drop_table("bothways_kept_users_without_profile")
    op.execute("ALTER TABLE users DROP COLUMN locale, DROP COLUMN biography, DROP COLUMN settings")


def downgrade() -> None:
    op.execute("""
        ALTER TABLE users
            ADD COLUMN locale VARCHAR(10) COLLATE "C" DEFAULT 'en' NOT NULL,
            ADD COLUMN biography TEXT,
            ADD COLUMN settings JSONB DEFAULT '{"theme": "light", "density": "cosy"}'::jsonb NOT NULL
    """)
    _comment("users")
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


def _comment(table: str) -> None:
    op.execute(f"COMMENT ON COLUMN {table}.locale IS 'Language and region, as in en-GB'")
    op.execute(f"COMMENT ON COLUMN {table}.biography IS 'A few words about the user'")
    op.execute(f"COMMENT ON COLUMN {table}.settings IS 'Choices made in the application'")
