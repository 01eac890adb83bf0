"""The service that a good tutorial writes: FastAPI, SQLAlchemy's AsyncSession from a yield dependency, response models.

It serves ``/products`` of the database that BENCH_URL names.
"""

import os
import uuid
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from bench.serving.apps.documents import ProductCreate, ProductRead, ProductUpdate
from schema import Product

engine = create_async_engine(os.environ["BENCH_URL"], pool_size=int(os.environ["BENCH_POOL"]), max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


async def get_session():
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


async def found(session: AsyncSession, key: uuid.UUID) -> Product:
    product = await session.get(Product, key)
    if product is None:
        raise HTTPException(404)
    return product


@app.get("/products", response_model=list[ProductRead])
async def read_products(session: Session, offset: int = 0, limit: int = 50):
    return (await session.scalars(select(Product).order_by(Product.id).offset(offset).limit(limit))).all()


@app.get("/products/{key}", response_model=ProductRead)
async def read_product(key: uuid.UUID, session: Session):
    return await found(session, key)


@app.post("/products", response_model=ProductRead, status_code=201)
async def create_product(body: ProductCreate, session: Session):
    product = Product(**body.model_dump())
    session.add(product)
    await session.commit()
    await session.refresh(product)
    return product


@app.patch("/products/{key}", response_model=ProductRead)
async def update_product(key: uuid.UUID, body: ProductUpdate, session: Session):
    product = await found(session, key)
    for name, value in body.model_dump(exclude_unset=True).items():
        setattr(product, name, value)
    await session.commit()
    await session.refresh(product)
    return product
