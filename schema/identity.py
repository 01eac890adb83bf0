"""Who: users, what they say about themselves, their roles and their API keys."""

import ipaddress
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import SERVER_MADE, Base, Timestamped, only_on, options, uuid_key
from schema.defaults import empty_strings, json_value, text_value, true_value, utc_now
from schema.types import Email, IpNetwork, Json, StringArray, UtcDateTime, code, label

if TYPE_CHECKING:
    from schema.rooms import Room

DEFAULT_SETTINGS = {"theme": "light", "density": "cosy"}
"""What a profile's settings are until somebody changes them."""


class User(Timestamped, Base):
    """A person with an account.

    ``users`` and ``rooms`` refer to each other, so the key to the room is added after both tables (``use_alter``);
    SQLite, which can't add a key to a table, declares it inside the table and looks at it only when rows come.
    """

    __tablename__ = "users"
    __table_args__ = (
        sa.UniqueConstraint("email"),
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.Index("ix_users_current_room_id", "current_room_id"),
        # MariaDB has no index on an expression; there the column's collation ignores case, so a plain index does it.
        sa.Index("ix_users_display_name_lower", sa.text("lower(display_name)")).ddl_if(
            callable_=only_on("postgresql", "sqlite")
        ),
        sa.Index("ix_users_display_name", "display_name").ddl_if(callable_=only_on("mysql", "mariadb")),
        options("People with an account"),
    )

    id: Mapped[uuid.UUID] = uuid_key("Key of the user")
    email: Mapped[str] = mapped_column(Email, comment="Address for messages and sign-in, in lower case")
    display_name: Mapped[str] = mapped_column(label(120), comment="Name that others see")
    is_active: Mapped[bool] = mapped_column(
        sa.Boolean, server_default=true_value(), comment="Whether the user may sign in"
    )
    current_room_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("rooms.id", ondelete="SET NULL", use_alter=True), comment="Room in which the user is now, if any"
    )

    current_room: Mapped["Room | None"] = relationship(foreign_keys=[current_room_id], back_populates="people")
    hosted_rooms: Mapped[list["Room"]] = relationship(foreign_keys="Room.host_id", back_populates="host")
    profile: Mapped["UserProfile | None"] = relationship(back_populates="user", passive_deletes=True)
    api_keys: Mapped[list["ApiKey"]] = relationship(back_populates="user", passive_deletes=True)


class UserProfile(Base):
    """What a user says about themselves; a user without a row has the defaults."""

    __tablename__ = "user_profiles"
    __table_args__ = (options("What users say about themselves; a user without a row has the defaults"),)

    user_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, comment="Whose profile it is"
    )
    locale: Mapped[str] = mapped_column(
        code(10), server_default=text_value("en"), comment="Language and region, as in en-GB"
    )
    biography: Mapped[str | None] = mapped_column(sa.Text, comment="A few words about the user")
    settings: Mapped[dict[str, Any]] = mapped_column(
        Json, server_default=json_value(DEFAULT_SETTINGS), comment="Choices made in the application"
    )

    user: Mapped["User"] = relationship(back_populates="profile")


class Role(Timestamped, Base):
    """A named set of permissions."""

    __tablename__ = "roles"
    __table_args__ = (sa.UniqueConstraint("name"), options("Named sets of permissions"))

    id: Mapped[int] = mapped_column(
        sa.Integer, sa.Identity(), primary_key=True, comment="Key of the role", info=SERVER_MADE
    )
    name: Mapped[str] = mapped_column(code(50), comment="Name by which programs know the role")
    description: Mapped[str] = mapped_column(
        sa.String(200),
        server_default=text_value("A role that isn't described yet"),
        comment="What the role is for",
    )
    permissions: Mapped[list[str]] = mapped_column(
        StringArray, server_default=empty_strings(), sort_order=1, comment="What holders of the role may do"
    )


class UserRole(Base):
    """A role that a user holds."""

    __tablename__ = "user_roles"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "role_id"),
        sa.Index("ix_user_roles_user_id", "user_id"),
        sa.Index("ix_user_roles_role_id", "role_id"),
        options("Roles that users hold"),
    )

    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        sa.Identity(),
        primary_key=True,
        comment="Key of the grant",
        info=SERVER_MADE,
    )
    user_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), comment="Who holds the role"
    )
    role_id: Mapped[int] = mapped_column(sa.ForeignKey("roles.id", ondelete="CASCADE"), comment="The role")
    granted_at: Mapped[datetime] = mapped_column(
        UtcDateTime, server_default=utc_now(), comment="When the role was given, in UTC", info=SERVER_MADE
    )


class ApiKey(Timestamped, Base):
    """A key by which a program acts for a user; only the hash of its secret is kept."""

    __tablename__ = "api_keys"
    __table_args__ = (
        sa.UniqueConstraint("prefix"),
        # One name only once among the keys in use: NULLs differ from each other, so revoked keys never clash.
        sa.UniqueConstraint("user_id", "active_name"),
        sa.Index("ix_api_keys_user_id", "user_id"),
        options("Keys by which programs act for users; only hashes of the secrets are kept"),
    )

    id: Mapped[uuid.UUID] = uuid_key("Key of the API key")
    user_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), comment="For whom the key acts"
    )
    name: Mapped[str] = mapped_column(code(80), comment="What the key is for, in the user's words")
    prefix: Mapped[str] = mapped_column(code(12), comment="Beginning of the key, by which it is found")
    secret_hash: Mapped[str] = mapped_column(
        code(128), comment="Hash of the rest of the key", info={"secret": True, **SERVER_MADE}
    )
    scopes: Mapped[list[str]] = mapped_column(
        StringArray, server_default=empty_strings(), comment="What the key may be used for"
    )
    allowed_network: Mapped[ipaddress.IPv4Network | ipaddress.IPv6Network | None] = mapped_column(
        IpNetwork, comment="Network from which the key may be used; any where empty"
    )
    expires_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="When the key ends, in UTC; never if empty"
    )
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="When the key was withdrawn, in UTC")
    active_name: Mapped[str | None] = mapped_column(
        code(80),
        sa.Computed("CASE WHEN revoked_at IS NULL THEN name ELSE NULL END", persisted=True),
        comment="The name while the key is not withdrawn",
        info=SERVER_MADE,
    )

    user: Mapped["User"] = relationship(back_populates="api_keys")
