"""Begin: users, rooms, the catalog, orders and the audit trail

Create Date: 2022-01-17

Only creates; each statement commits by itself here, so a rerun after a crash needs an empty database. ``users`` and
``rooms`` refer to each other, so the key from users to rooms comes after both tables. Every foreign key finds an index
that is named here, else the server would make one of its own. MariaDB has neither partial indexes nor indexes on
expressions: it gets whole indexes, and a collation that ignores case. The way back drops everything, also what later
revisions had set aside on their way down.
"""

import sqlalchemy as sa
from alembic import op

revision = "my_0001"
down_revision = None
branch_labels = ("mysql",)
depends_on = None
change = "initial"

TABLES = {
    "users": """
        id CHAR(32) NOT NULL COMMENT 'Key of the user',
        email VARCHAR(254) NOT NULL COMMENT 'Address for messages and sign-in, as typed',
        full_name VARCHAR(120) COLLATE utf8mb4_unicode_520_ci COMMENT 'Name that others see',
        is_active BOOL NOT NULL DEFAULT 1 COMMENT 'Whether the user may sign in',
        current_room_id CHAR(32) COMMENT 'Room in which the user is now, if any',
        created_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was made, in UTC',
        updated_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was last changed, in UTC',
        locale VARCHAR(10) NOT NULL DEFAULT 'en' COMMENT 'Language and region, as in en-GB',
        biography TEXT COMMENT 'A few words about the user',
        settings JSON NOT NULL DEFAULT ('{"theme": "light", "density": "cosy"}')
            COMMENT 'Choices made in the application',
        PRIMARY KEY (id)
    """,
    "roles": """
        id INTEGER NOT NULL AUTO_INCREMENT COMMENT 'Key of the role',
        name VARCHAR(50) NOT NULL COMMENT 'Name by which programs know the role',
        description VARCHAR(200) NOT NULL DEFAULT 'A role that isn''t described yet' COMMENT 'What the role is for',
        created_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was made, in UTC',
        updated_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was last changed, in UTC',
        PRIMARY KEY (id),
        CONSTRAINT uq_roles_name UNIQUE (name)
    """,
    "user_roles": """
        id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'Key of the grant',
        user_id CHAR(32) NOT NULL COMMENT 'Who holds the role',
        role_id INTEGER NOT NULL COMMENT 'The role',
        granted_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the role was given, in UTC',
        PRIMARY KEY (id),
        CONSTRAINT fk_user_roles_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT fk_user_roles_role_id_roles FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
    """,
    "rooms": """
        id CHAR(32) NOT NULL COMMENT 'Key of the room',
        host_id CHAR(32) NOT NULL COMMENT 'Who opened the room',
        title VARCHAR(80) COLLATE utf8mb4_unicode_520_ci NOT NULL COMMENT 'What the interview is about',
        language ENUM('python','javascript','typescript','go','rust','java','coffeescript','sql')
            NOT NULL DEFAULT 'python' COMMENT 'Language of the editor',
        initial_code LONGTEXT NOT NULL COMMENT 'What the editor shows at first',
        active_users INTEGER NOT NULL DEFAULT 0 COMMENT 'How many people are in the room now',
        created_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was made, in UTC',
        updated_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was last changed, in UTC',
        PRIMARY KEY (id),
        CONSTRAINT ck_rooms_active_users CHECK (active_users >= 0),
        CONSTRAINT fk_rooms_host_id_users FOREIGN KEY (host_id) REFERENCES users (id) ON DELETE RESTRICT
    """,
    "categories": """
        id CHAR(32) NOT NULL COMMENT 'Key of the category',
        parent_id CHAR(32) COMMENT 'Category above; none for a root',
        slug VARCHAR(80) NOT NULL COMMENT 'Name in addresses, unique under one parent',
        name VARCHAR(120) COLLATE utf8mb4_unicode_520_ci NOT NULL COMMENT 'Name that people read',
        position INTEGER NOT NULL DEFAULT 0 COMMENT 'Place among its siblings, from 0',
        created_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was made, in UTC',
        updated_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was last changed, in UTC',
        PRIMARY KEY (id),
        CONSTRAINT uq_categories_parent_id_slug UNIQUE (parent_id, slug),
        CONSTRAINT ck_categories_not_own_parent CHECK (parent_id <> id),
        CONSTRAINT ck_categories_position CHECK (position >= 0),
        CONSTRAINT fk_categories_parent_id_categories FOREIGN KEY (parent_id)
            REFERENCES categories (id) ON DELETE RESTRICT
    """,
    "products": """
        id CHAR(32) NOT NULL COMMENT 'Key of the product',
        category_id CHAR(32) COMMENT 'Category in which it is shown, if any',
        sku VARCHAR(40) NOT NULL COMMENT 'Stock keeping unit, as printed on the box',
        name VARCHAR(160) COLLATE utf8mb4_unicode_520_ci NOT NULL COMMENT 'Name that people read',
        description LONGTEXT COMMENT 'Text of the product''s page, in Markdown',
        status ENUM('draft','active','discontinued') NOT NULL DEFAULT 'draft'
            COMMENT 'Where the product is in its life',
        price NUMERIC(12, 2) NOT NULL COMMENT 'Price of one piece, with two decimal places',
        currency VARCHAR(3) NOT NULL DEFAULT 'EUR' COMMENT 'Currency, as in ISO 4217',
        attributes JSON NOT NULL DEFAULT ('{}') COMMENT 'Properties that only this kind of product has',
        tags JSON NOT NULL DEFAULT ('[]') COMMENT 'Words by which it is found',
        created_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was made, in UTC',
        updated_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was last changed, in UTC',
        PRIMARY KEY (id),
        CONSTRAINT uq_products_sku UNIQUE (sku),
        CONSTRAINT ck_products_price CHECK (price > 0),
        CONSTRAINT fk_products_category_id_categories FOREIGN KEY (category_id)
            REFERENCES categories (id) ON DELETE RESTRICT
    """,
    "product_users": """
        product_id CHAR(32) NOT NULL COMMENT 'The product',
        user_id CHAR(32) NOT NULL COMMENT 'Its owner',
        share_percent SMALLINT NOT NULL DEFAULT 100 COMMENT 'Share of the product, in percent',
        since DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'Since when the user owns it, in UTC',
        PRIMARY KEY (product_id, user_id),
        CONSTRAINT ck_product_users_share_percent CHECK (share_percent > 0 AND share_percent <= 100),
        CONSTRAINT fk_product_users_product_id_products FOREIGN KEY (product_id)
            REFERENCES products (id) ON DELETE CASCADE,
        CONSTRAINT fk_product_users_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    """,
    "orders": """
        id CHAR(32) NOT NULL COMMENT 'Key of the order',
        reference VARCHAR(20) NOT NULL COMMENT 'Number that is printed on the invoice',
        customer_id CHAR(32) NOT NULL COMMENT 'Who ordered',
        status ENUM('pending','paid','shipped','cancelled') NOT NULL DEFAULT 'pending'
            COMMENT 'Where the order is on its way',
        note TEXT COMMENT 'What the customer wrote with it',
        placed_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When it was ordered, in UTC',
        created_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was made, in UTC',
        updated_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was last changed, in UTC',
        coupon_code VARCHAR(20) COMMENT 'Coupon that the customer gave',
        PRIMARY KEY (id),
        CONSTRAINT uq_orders_reference UNIQUE (reference),
        CONSTRAINT fk_orders_customer_id_users FOREIGN KEY (customer_id) REFERENCES users (id) ON DELETE RESTRICT
    """,
    "order_lines": """
        order_id CHAR(32) NOT NULL COMMENT 'The order',
        line_no INTEGER NOT NULL COMMENT 'Place in the order, from 1',
        product_id CHAR(32) NOT NULL COMMENT 'What was ordered',
        quantity INTEGER NOT NULL COMMENT 'How many pieces',
        unit_price NUMERIC(12, 2) NOT NULL COMMENT 'Price of one piece when it was ordered',
        line_total NUMERIC(18, 2) GENERATED ALWAYS AS (quantity * unit_price) STORED
            COMMENT 'Price of the line, computed by the server',
        PRIMARY KEY (order_id, line_no),
        CONSTRAINT ck_order_lines_quantity CHECK (quantity > 0),
        CONSTRAINT ck_order_lines_unit_price CHECK (unit_price >= 0),
        CONSTRAINT fk_order_lines_order_id_orders FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
        CONSTRAINT fk_order_lines_product_id_products FOREIGN KEY (product_id)
            REFERENCES products (id) ON DELETE RESTRICT
    """,
    "order_returns": """
        id CHAR(32) NOT NULL COMMENT 'Key of the return',
        order_id CHAR(32) NOT NULL COMMENT 'Order of the line',
        line_no INTEGER NOT NULL COMMENT 'Line of the order',
        quantity INTEGER NOT NULL COMMENT 'How many pieces came back',
        reason TEXT COMMENT 'Why, in the customer''s words',
        created_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was made, in UTC',
        updated_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When the row was last changed, in UTC',
        PRIMARY KEY (id),
        CONSTRAINT ck_order_returns_quantity CHECK (quantity > 0)
    """,
    "audit_events": """
        id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'Number of the event, in the order of writing',
        occurred_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)) COMMENT 'When it happened, in UTC',
        actor_id CHAR(32) COMMENT 'Who did it; empty for the system or a deleted user',
        action VARCHAR(80) NOT NULL COMMENT 'What was done, as in product.update',
        severity ENUM('info','warning','error') NOT NULL DEFAULT 'info' COMMENT 'How much it matters',
        ip_address VARCHAR(45) COMMENT 'From where it was done',
        payload JSON NOT NULL DEFAULT ('{}') COMMENT 'Particulars, as the program knew them',
        PRIMARY KEY (id),
        CONSTRAINT fk_audit_events_actor_id_users FOREIGN KEY (actor_id) REFERENCES users (id) ON DELETE SET NULL
    """,
}
INDEXES = (
    "CREATE INDEX ix_users_current_room_id ON users (current_room_id)",
    "CREATE INDEX ix_users_full_name ON users (full_name)",
    "CREATE INDEX ix_user_roles_user_id ON user_roles (user_id)",
    "CREATE INDEX ix_user_roles_role_id ON user_roles (role_id)",
    "CREATE INDEX ix_rooms_host_id ON rooms (host_id)",
    "CREATE INDEX ix_products_category_id ON products (category_id)",
    "CREATE INDEX ix_products_listed ON products (category_id, price)",
    "CREATE INDEX ix_product_users_user_id ON product_users (user_id)",
    "CREATE INDEX ix_orders_customer_id ON orders (customer_id)",
    "CREATE INDEX ix_order_lines_product_id ON order_lines (product_id)",
    "CREATE INDEX ix_order_returns_order_id_line_no ON order_returns (order_id, line_no)",
    "CREATE INDEX ix_audit_events_actor_id ON audit_events (actor_id)",
    "CREATE INDEX ix_audit_events_problems ON audit_events (occurred_at DESC)",
)

COMMENTS = {
    "users": "People with an account",
    "roles": "Named sets of permissions",
    "user_roles": "Roles that users hold",
    "rooms": "Rooms for coding interviews",
    "categories": "The tree of categories",
    "products": "Things that can be bought",
    "product_users": "Users who own products",
    "orders": "Orders of users",
    "order_lines": "Products in orders, at the price of that day",
    "order_returns": "Pieces that customers sent back",
    "audit_events": "What happened; rows are added, never changed",
}

OPTIONS = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"


def upgrade() -> None:
    for name, columns in TABLES.items():
        op.execute(f"CREATE TABLE {name} ({columns}) {OPTIONS} COMMENT='{COMMENTS[name]}'")
    for statement in INDEXES:
        op.execute(statement)
    op.create_foreign_key(
        op.f("fk_users_current_room_id_rooms"), "users", "rooms", ["current_room_id"], ["id"], ondelete="SET NULL"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_users_current_room_id_rooms"), "users", type_="foreignkey")
    for name in reversed(TABLES):
        op.drop_table(name)
    set_aside = [] if op.get_context().as_sql else sa.inspect(op.get_bind()).get_table_names()
    for name in set_aside:
        if name.startswith("bothways_kept_"):
            op.drop_table(name)
