"""Where: rooms for coding interviews."""

import enum
import uuid
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, Timestamped, options, uuid_key
from schema.defaults import number_value, text_value
from schema.types import LongText, enumeration, label

if TYPE_CHECKING:
    from schema.identity import User


class RoomLanguage(enum.StrEnum):
    """The language that a room's editor speaks."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"
    GO = "go"
    RUST = "rust"
    JAVA = "java"
    SQL = "sql"


class Room(Timestamped, Base):
    """A room in which people write code together. A user who hosts one cannot be deleted before it.

    A cascade from the host would come back to ``users`` by ``current_room_id``, where MySQL 9 stops (seen on 9.7.4):
    people would stay in a room that is gone.
    """

    __tablename__ = "rooms"
    __table_args__ = (
        sa.CheckConstraint("active_users >= 0", name="active_users"),
        sa.Index("ix_rooms_host_id", "host_id"),
        options("Rooms for coding interviews"),
    )

    id: Mapped[uuid.UUID] = uuid_key("Key of the room")
    host_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("users.id", ondelete="RESTRICT"), comment="Who opened the room"
    )
    title: Mapped[str] = mapped_column(label(200), comment="What the interview is about")
    language: Mapped[RoomLanguage] = mapped_column(
        enumeration(RoomLanguage, "room_language"),
        server_default=text_value("python"),
        comment="Language of the editor",
    )
    initial_code: Mapped[str] = mapped_column(LongText, comment="What the editor shows at first")
    active_users: Mapped[int] = mapped_column(
        sa.Integer, server_default=number_value(0), comment="How many people are in the room now"
    )

    host: Mapped["User"] = relationship(foreign_keys=[host_id], back_populates="hosted_rooms")
    people: Mapped[list["User"]] = relationship(foreign_keys="User.current_room_id", back_populates="current_room")
