"""The canonical models: the only source of truth that every branch of revisions follows.

``metadata`` is what Alembic compares with a database; ``Base`` and the models are for the service and for scripts.
This package imports SQLAlchemy and the standard library only, so that it can be read, tested and shipped by itself.

What the models mean on each engine is in ``schema.types`` (columns) and ``schema.defaults`` (values from the server).
Marks for those who write through the models, in ``Column.info`` and ``Table.info``:

- ``{"write": False}``: made by the server or by the models, a client never sends it;
- ``{"secret": True}``: a hash that must never leave the service;
- ``{"soft_delete": True}``: a delete sets this moment and keeps the row, as it does with any nullable ``deleted_at``;
- ``{"append_only": True}``: rows of this table are added and read, never changed or deleted.
"""

from schema.audit import AuditEvent, AuditSeverity
from schema.base import Base, Timestamped
from schema.catalog import Category, Product, ProductOwner, ProductStatus
from schema.identity import ApiKey, Role, User, UserProfile, UserRole
from schema.orders import Order, OrderLine, OrderReturn, OrderStatus
from schema.rooms import Room, RoomLanguage

metadata = Base.metadata

__all__ = [
    "ApiKey",
    "AuditEvent",
    "AuditSeverity",
    "Base",
    "Category",
    "Order",
    "OrderLine",
    "OrderReturn",
    "OrderStatus",
    "Product",
    "ProductOwner",
    "ProductStatus",
    "Role",
    "Room",
    "RoomLanguage",
    "Timestamped",
    "User",
    "UserProfile",
    "UserRole",
    "metadata",
]
