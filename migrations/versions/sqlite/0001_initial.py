"""Begin: users, rooms, the catalog, orders and the audit trail

Create Date: 2022-01-17

Only creates, in one transaction. ``users`` and ``rooms`` refer to each other; SQLite looks at a key's table only when
rows come, so both are declared with their keys. Prices are whole cents, because SQLite keeps decimals as floats; there
are no comments. The way back drops everything, also what later revisions had set aside on their way down.
"""

import sqlalchemy as sa
from alembic import op

revision = "lite_0001"
down_revision = None
branch_labels = ("sqlite",)
depends_on = None
change = "initial"

TABLES = {
    "users": """
        id CHAR(32) NOT NULL,
        email VARCHAR(254) NOT NULL,
        full_name VARCHAR(120) COLLATE NOCASE,
        is_active BOOLEAN DEFAULT 1 NOT NULL,
        current_room_id CHAR(32),
        created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        locale VARCHAR(10) DEFAULT 'en' NOT NULL,
        biography TEXT,
        settings JSON DEFAULT '{"theme": "light", "density": "cosy"}' NOT NULL,
        CONSTRAINT pk_users PRIMARY KEY (id),
        CONSTRAINT fk_users_current_room_id_rooms FOREIGN KEY (current_room_id)
            REFERENCES rooms (id) ON DELETE SET NULL
    """,
    "roles": """
        id INTEGER NOT NULL,
        name VARCHAR(50) NOT NULL,
        description VARCHAR(200) DEFAULT 'A role that isn''t described yet' NOT NULL,
        created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        CONSTRAINT pk_roles PRIMARY KEY (id),
        CONSTRAINT uq_roles_name UNIQUE (name)
    """,
    "user_roles": """
        id INTEGER NOT NULL,
        user_id CHAR(32) NOT NULL,
        role_id INTEGER NOT NULL,
        granted_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        CONSTRAINT pk_user_roles PRIMARY KEY (id),
        CONSTRAINT fk_user_roles_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT fk_user_roles_role_id_roles FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
    """,
    "rooms": """
        id CHAR(32) NOT NULL,
        host_id CHAR(32) NOT NULL,
        title VARCHAR(80) COLLATE NOCASE NOT NULL,
        language VARCHAR(20) DEFAULT 'python' NOT NULL,
        initial_code TEXT NOT NULL,
        active_users INTEGER DEFAULT 0 NOT NULL,
        created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        CONSTRAINT pk_rooms PRIMARY KEY (id),
        CONSTRAINT ck_rooms_active_users CHECK (active_users >= 0),
        CONSTRAINT fk_rooms_host_id_users FOREIGN KEY (host_id) REFERENCES users (id) ON DELETE RESTRICT,
        CONSTRAINT ck_rooms_room_language CHECK (language
            IN ('python', 'javascript', 'typescript', 'go', 'rust', 'java', 'coffeescript', 'sql'))
    """,
    "categories": """
        id CHAR(32) NOT NULL,
        parent_id CHAR(32),
        slug VARCHAR(80) NOT NULL,
        name VARCHAR(120) COLLATE NOCASE NOT NULL,
        position INTEGER DEFAULT 0 NOT NULL,
        created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        CONSTRAINT pk_categories PRIMARY KEY (id),
        CONSTRAINT uq_categories_parent_id_slug UNIQUE (parent_id, slug),
        CONSTRAINT ck_categories_not_own_parent CHECK (parent_id <> id),
        CONSTRAINT ck_categories_position CHECK (position >= 0),
        CONSTRAINT fk_categories_parent_id_categories FOREIGN KEY (parent_id)
            REFERENCES categories (id) ON DELETE RESTRICT
    """,
    "products": """
        id CHAR(32) NOT NULL,
        category_id CHAR(32),
        sku VARCHAR(40) NOT NULL,
        name VARCHAR(160) COLLATE NOCASE NOT NULL,
        description TEXT,
        status VARCHAR(20) DEFAULT 'draft' NOT NULL,
        price INTEGER NOT NULL,
        currency VARCHAR(3) DEFAULT 'EUR' NOT NULL,
        attributes JSON DEFAULT '{}' NOT NULL,
        tags JSON DEFAULT '[]' NOT NULL,
        created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        CONSTRAINT pk_products PRIMARY KEY (id),
        CONSTRAINT uq_products_sku UNIQUE (sku),
        CONSTRAINT ck_products_price CHECK (price > 0),
        CONSTRAINT fk_products_category_id_categories FOREIGN KEY (category_id)
            REFERENCES categories (id) ON DELETE RESTRICT,
        CONSTRAINT ck_products_product_status CHECK (status IN ('draft', 'active', 'discontinued'))
    """,
    "product_users": """
        product_id CHAR(32) NOT NULL,
        user_id CHAR(32) NOT NULL,
        share_percent SMALLINT DEFAULT 100 NOT NULL,
        since DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        CONSTRAINT pk_product_users PRIMARY KEY (product_id, user_id),
        CONSTRAINT ck_product_users_share_percent CHECK (share_percent > 0 AND share_percent <= 100),
        CONSTRAINT fk_product_users_product_id_products FOREIGN KEY (product_id)
            REFERENCES products (id) ON DELETE CASCADE,
        CONSTRAINT fk_product_users_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    """,
    "orders": """
        id CHAR(32) NOT NULL,
        reference VARCHAR(20) NOT NULL,
        customer_id CHAR(32) NOT NULL,
        status VARCHAR(20) DEFAULT 'pending' NOT NULL,
        note TEXT,
        placed_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        coupon_code VARCHAR(20),
        CONSTRAINT pk_orders PRIMARY KEY (id),
        CONSTRAINT uq_orders_reference UNIQUE (reference),
        CONSTRAINT fk_orders_customer_id_users FOREIGN KEY (customer_id) REFERENCES users (id) ON DELETE RESTRICT,
        CONSTRAINT ck_orders_order_status CHECK (status IN ('pending', 'paid', 'shipped', 'cancelled'))
    """,
    "order_lines": """
        order_id CHAR(32) NOT NULL,
        line_no INTEGER NOT NULL,
        product_id CHAR(32) NOT NULL,
        quantity INTEGER NOT NULL,
        unit_price INTEGER NOT NULL,
        line_total INTEGER GENERATED ALWAYS AS (quantity * unit_price) STORED,
        CONSTRAINT pk_order_lines PRIMARY KEY (order_id, line_no),
        CONSTRAINT ck_order_lines_quantity CHECK (quantity > 0),
        CONSTRAINT ck_order_lines_unit_price CHECK (unit_price >= 0),
        CONSTRAINT fk_order_lines_order_id_orders FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
        CONSTRAINT fk_order_lines_product_id_products FOREIGN KEY (product_id)
            REFERENCES products (id) ON DELETE RESTRICT
    """,
    "order_returns": """
        id CHAR(32) NOT NULL,
        order_id CHAR(32) NOT NULL,
        line_no INTEGER NOT NULL,
        quantity INTEGER NOT NULL,
        reason TEXT,
        created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        CONSTRAINT pk_order_returns PRIMARY KEY (id),
        CONSTRAINT ck_order_returns_quantity CHECK (quantity > 0)
    """,
    "audit_events": """
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        occurred_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
        actor_id CHAR(32),
        action VARCHAR(80) NOT NULL,
        severity VARCHAR(20) DEFAULT 'info' NOT NULL,
        ip_address VARCHAR(45),
        payload JSON DEFAULT '{}' NOT NULL,
        CONSTRAINT fk_audit_events_actor_id_users FOREIGN KEY (actor_id) REFERENCES users (id) ON DELETE SET NULL,
        CONSTRAINT ck_audit_events_audit_severity CHECK (severity IN ('info', 'warning', 'error'))
    """,
}
INDEXES = (
    "CREATE INDEX ix_users_current_room_id ON users (current_room_id)",
    "CREATE INDEX ix_users_full_name_lower ON users (lower(full_name))",
    "CREATE INDEX ix_user_roles_user_id ON user_roles (user_id)",
    "CREATE INDEX ix_user_roles_role_id ON user_roles (role_id)",
    "CREATE INDEX ix_rooms_host_id ON rooms (host_id)",
    "CREATE INDEX ix_products_category_id ON products (category_id)",
    "CREATE INDEX ix_products_listed ON products (category_id, price) WHERE status = 'active'",
    "CREATE INDEX ix_product_users_user_id ON product_users (user_id)",
    "CREATE INDEX ix_orders_customer_id ON orders (customer_id)",
    "CREATE INDEX ix_order_lines_product_id ON order_lines (product_id)",
    "CREATE INDEX ix_order_returns_order_id_line_no ON order_returns (order_id, line_no)",
    "CREATE INDEX ix_audit_events_actor_id ON audit_events (actor_id)",
    "CREATE INDEX ix_audit_events_problems ON audit_events (occurred_at DESC) WHERE severity <> 'info'",
)


def upgrade() -> None:
    for name, columns in TABLES.items():
        op.execute(f"CREATE TABLE {name} ({columns})")
    for statement in INDEXES:
        op.execute(statement)


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    set_aside = [] if op.get_context().as_sql else sa.inspect(op.get_bind()).get_table_names()
    for name in set_aside:
        if name.startswith("bothways_kept_"):
            op.drop_table(name)
