"""What happened: an append-only trail of events."""

import enum
import ipaddress
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from schema.base import SERVER_MADE, Base, options
from schema.defaults import json_value, text_value, utc_now
from schema.types import IpAddress, Json, UtcDateTime, code, enumeration


class AuditSeverity(enum.StrEnum):
    """How much an event matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class AuditEvent(Base):
    """Something that happened. Rows are added, never changed; a number that was used is never used again."""

    __tablename__ = "audit_events"
    __table_args__ = (
        sa.Index("ix_audit_events_actor_id", "actor_id"),
        options("What happened; rows are added, never changed", sqlite_autoincrement=True, info={"append_only": True}),
    )

    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        sa.Identity(always=True),
        primary_key=True,
        comment="Number of the event, in the order of writing",
        info=SERVER_MADE,
    )
    occurred_at: Mapped[datetime] = mapped_column(
        UtcDateTime, server_default=utc_now(), comment="When it happened, in UTC"
    )
    actor_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="SET NULL"), comment="Who did it; empty for the system or a deleted user"
    )
    action: Mapped[str] = mapped_column(code(80), comment="What was done, as in product.update")
    severity: Mapped[AuditSeverity] = mapped_column(
        enumeration(AuditSeverity, "audit_severity"), server_default=text_value("info"), comment="How much it matters"
    )
    ip_address: Mapped[ipaddress.IPv4Address | ipaddress.IPv6Address | None] = mapped_column(
        IpAddress, comment="From where it was done"
    )
    payload: Mapped[dict[str, Any]] = mapped_column(
        Json, server_default=json_value({}), comment="Particulars, as the program knew them"
    )


# MariaDB has no partial index: there it covers all rows.
sa.Index(
    "ix_audit_events_problems",
    AuditEvent.occurred_at.desc(),
    postgresql_where=sa.text("severity <> 'info'"),
    sqlite_where=sa.text("severity <> 'info'"),
)
