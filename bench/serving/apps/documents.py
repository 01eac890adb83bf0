"""The bodies of the hand-written service, and of FastCRUD's: pydantic models, as one writes them for a table."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from schema import ProductStatus


class ProductRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    category_id: uuid.UUID | None
    sku: str
    name: str
    description: str | None
    status: ProductStatus
    price: Decimal
    currency: str
    attributes: dict[str, Any]
    tags: list[str]
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class ProductCreate(BaseModel):
    sku: str
    name: str
    price: Decimal
    attributes: dict[str, Any] = {}


class ProductUpdate(BaseModel):
    name: str | None = None
    price: Decimal | None = None
