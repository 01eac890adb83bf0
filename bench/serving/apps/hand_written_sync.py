"""The same service for drivers that block: functions that FastAPI runs in its threads, a Session a request.

It serves ``/products`` of the database that BENCH_URL names.
"""

import os
import uuid
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.orm import Session, sessionmaker

from bench.serving.apps.documents import ProductCreate, ProductRead, ProductUpdate
from schema import Product

engine = sa.create_engine(os.environ["BENCH_URL"], pool_size=int(os.environ["BENCH_POOL"]), max_overflow=0)
sessions = sessionmaker(engine, expire_on_commit=False)
app = FastAPI()

if engine.dialect.name == "sqlite":

    @sa.event.listens_for(engine, "connect")
    def set_up(connection, _record):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")


def get_session():
    with sessions() as session:
        yield session


SessionOfRequest = Annotated[Session, Depends(get_session)]


def found(session: Session, key: uuid.UUID) -> Product:
    product = session.get(Product, key)
    if product is None:
        raise HTTPException(404)
    return product


@app.get("/products", response_model=list[ProductRead])
def read_products(session: SessionOfRequest, offset: int = 0, limit: int = 50):
    return session.scalars(sa.select(Product).order_by(Product.id).offset(offset).limit(limit)).all()


@app.get("/products/{key}", response_model=ProductRead)
def read_product(key: uuid.UUID, session: SessionOfRequest):
    return found(session, key)


@app.post("/products", response_model=ProductRead, status_code=201)
def create_product(body: ProductCreate, session: SessionOfRequest):
    product = Product(**body.model_dump())
    session.add(product)
    session.commit()
    session.refresh(product)
    return product


@app.patch("/products/{key}", response_model=ProductRead)
def update_product(key: uuid.UUID, body: ProductUpdate, session: SessionOfRequest):
    product = found(session, key)
    for name, value in body.model_dump(exclude_unset=True).items():
        setattr(product, name, value)
    session.commit()
    session.refresh(product)
    return product
