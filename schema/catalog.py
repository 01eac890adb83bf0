"""What: a tree of categories, the products in it, and who owns them."""

import enum
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from schema.base import Base, Timestamped, only_on, options, uuid_key
from schema.defaults import empty_strings, json_value, number_value, text_value, utc_now
from schema.types import Json, LongText, Money, StringArray, UtcDateTime, code, enumeration, label


class ProductStatus(enum.StrEnum):
    """Where a product is in its life."""

    DRAFT = "draft"
    ACTIVE = "active"
    DISCONTINUED = "discontinued"
    PREORDER = "preorder"


class Category(Timestamped, Base):
    """A node in the tree of categories; the root nodes have no parent."""

    __tablename__ = "categories"
    __table_args__ = (
        sa.UniqueConstraint("parent_id", "slug"),
        sa.CheckConstraint("parent_id <> id", name="not_own_parent"),
        sa.CheckConstraint("position >= 0", name="position"),
        options("The tree of categories"),
    )

    id: Mapped[uuid.UUID] = uuid_key("Key of the category")
    parent_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("categories.id", ondelete="RESTRICT"), comment="Category above; none for a root"
    )
    slug: Mapped[str] = mapped_column(code(80), comment="Name in addresses, unique under one parent")
    name: Mapped[str] = mapped_column(label(120), comment="Name that people read")
    position: Mapped[int] = mapped_column(
        sa.Integer, server_default=number_value(0), comment="Place among its siblings, from 0"
    )

    parent: Mapped["Category | None"] = relationship(remote_side="Category.id", back_populates="children")
    children: Mapped[list["Category"]] = relationship(back_populates="parent")


class Product(Timestamped, Base):
    """Something that can be bought. Deleting sets ``deleted_at``: orders go on referring to the row."""

    __tablename__ = "products"
    __table_args__ = (
        sa.UniqueConstraint("sku"),
        sa.CheckConstraint("price >= 0", name="price"),
        sa.Index("ix_products_category_id", "category_id"),
        # MariaDB has no partial index: this and ix_products_deleted_at cover all rows there.
        sa.Index(
            "ix_products_listed",
            "category_id",
            "price",
            postgresql_where=sa.text("status = 'active'"),
            sqlite_where=sa.text("status = 'active'"),
        ),
        # Only PostgreSQL can look inside an array by an index.
        sa.Index("ix_products_tags", "tags", postgresql_using="gin").ddl_if(callable_=only_on("postgresql")),
        sa.Index(
            "ix_products_deleted_at",
            "deleted_at",
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
        ),
        options("Things that can be bought"),
    )

    id: Mapped[uuid.UUID] = uuid_key("Key of the product")
    category_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("categories.id", ondelete="RESTRICT"), comment="Category in which it is shown, if any"
    )
    sku: Mapped[str] = mapped_column(code(40), comment="Stock keeping unit, as printed on the box")
    name: Mapped[str] = mapped_column(label(160), comment="Name that people read")
    description: Mapped[str | None] = mapped_column(LongText, comment="Text of the product's page, in Markdown")
    status: Mapped[ProductStatus] = mapped_column(
        enumeration(ProductStatus, "product_status"),
        server_default=text_value("draft"),
        comment="Where the product is in its life",
    )
    price: Mapped[Decimal] = mapped_column(Money, comment="Price of one piece, with two decimal places")
    currency: Mapped[str] = mapped_column(code(3), server_default=text_value("EUR"), comment="Currency, as in ISO 4217")
    attributes: Mapped[dict[str, Any]] = mapped_column(
        Json, server_default=json_value({}), comment="Properties that only this kind of product has"
    )
    tags: Mapped[list[str]] = mapped_column(
        StringArray, server_default=empty_strings(), comment="Words by which it is found"
    )
    deleted_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, sort_order=1, comment="When it was taken out of the catalog, in UTC; empty while it is in it"
    )

    category: Mapped["Category | None"] = relationship()
    owners: Mapped[list["ProductOwner"]] = relationship(back_populates="product", passive_deletes=True)


class ProductOwner(Base):
    """A user who owns a product, or a share of it."""

    __tablename__ = "product_owners"
    __table_args__ = (
        sa.CheckConstraint("share_percent > 0 AND share_percent <= 100", name="share_percent"),
        sa.Index("ix_product_owners_user_id", "user_id"),
        options("Users who own products"),
    )

    product_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("products.id", ondelete="CASCADE"), primary_key=True, comment="The product"
    )
    user_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, comment="Its owner"
    )
    share_percent: Mapped[int] = mapped_column(
        sa.SmallInteger, server_default=number_value(100), comment="Share of the product, in percent"
    )
    since: Mapped[datetime] = mapped_column(
        UtcDateTime, server_default=utc_now(), comment="Since when the user owns it, in UTC"
    )

    product: Mapped["Product"] = relationship(back_populates="owners")
