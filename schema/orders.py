"""Who bought what: orders, their lines, and what came back."""

import enum
import uuid
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import SERVER_MADE, Base, Timestamped, options, uuid_key
from schema.defaults import text_value, utc_now
from schema.types import Money, UtcDateTime, code, enumeration


class OrderStatus(enum.StrEnum):
    """Where an order is on its way."""

    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class Order(Timestamped, Base):
    """An order of one user. It goes with its lines; a user who has ordered cannot be deleted."""

    __tablename__ = "orders"
    __table_args__ = (
        sa.UniqueConstraint("reference"),
        sa.Index("ix_orders_customer_id", "customer_id"),
        options("Orders of users"),
    )

    id: Mapped[uuid.UUID] = uuid_key("Key of the order")
    reference: Mapped[str] = mapped_column(code(20), comment="Number that is printed on the invoice")
    customer_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("users.id", ondelete="RESTRICT"), comment="Who ordered"
    )
    status: Mapped[OrderStatus] = mapped_column(
        enumeration(OrderStatus, "order_status"),
        server_default=text_value("pending"),
        comment="Where the order is on its way",
    )
    note: Mapped[str | None] = mapped_column(sa.Text, comment="What the customer wrote with it")
    placed_at: Mapped[datetime] = mapped_column(
        UtcDateTime, server_default=utc_now(), comment="When it was ordered, in UTC"
    )

    lines: Mapped[list["OrderLine"]] = relationship(
        back_populates="order", cascade="all, delete-orphan", passive_deletes=True
    )


sa.Index("ix_orders_customer_id_placed_at", Order.customer_id, Order.placed_at.desc())


class OrderLine(Base):
    """One product in an order, at the price of that day."""

    __tablename__ = "order_lines"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("unit_price >= 0", name="unit_price"),
        sa.Index("ix_order_lines_product_id", "product_id"),
        options("Products in orders, at the price of that day"),
    )

    order_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True, comment="The order"
    )
    line_no: Mapped[int] = mapped_column(
        sa.Integer, primary_key=True, autoincrement=False, comment="Place in the order, from 1"
    )
    product_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("products.id", ondelete="RESTRICT"), comment="What was ordered"
    )
    quantity: Mapped[int] = mapped_column(sa.Integer, comment="How many pieces")
    unit_price: Mapped[Decimal] = mapped_column(Money, comment="Price of one piece when it was ordered")
    line_total: Mapped[Decimal] = mapped_column(
        Money(18),
        sa.Computed("quantity * unit_price", persisted=True),
        nullable=True,
        comment="Price of the line, computed by the server",
        info=SERVER_MADE,
    )

    order: Mapped["Order"] = relationship(back_populates="lines")
    returns: Mapped[list["OrderReturn"]] = relationship(back_populates="line", passive_deletes=True)


class OrderReturn(Timestamped, Base):
    """Pieces of an order line that the customer sent back."""

    __tablename__ = "order_returns"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["order_id", "line_no"], ["order_lines.order_id", "order_lines.line_no"], ondelete="CASCADE"
        ),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.Index("ix_order_returns_order_id_line_no", "order_id", "line_no"),
        options("Pieces that customers sent back"),
    )

    id: Mapped[uuid.UUID] = uuid_key("Key of the return")
    order_id: Mapped[uuid.UUID] = mapped_column(comment="Order of the line")
    line_no: Mapped[int] = mapped_column(sa.Integer, comment="Line of the order")
    quantity: Mapped[int] = mapped_column(sa.Integer, comment="How many pieces came back")
    reason: Mapped[str | None] = mapped_column(sa.Text, comment="Why, in the customer's words")

    line: Mapped["OrderLine"] = relationship(back_populates="returns")
