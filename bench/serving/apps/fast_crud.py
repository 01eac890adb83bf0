"""FastCRUD as its README shows it, one call makes the endpoints. It runs in the peers' environment.

It serves ``/products`` of the database that BENCH_URL names.
"""

import os

from fastapi import FastAPI
from fastcrud import crud_router
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from bench.serving.apps.documents import ProductCreate, ProductRead, ProductUpdate
from schema import Product

engine = create_async_engine(os.environ["BENCH_URL"], pool_size=int(os.environ["BENCH_POOL"]), max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def get_session():
    async with sessions() as session:
        yield session


app = FastAPI()
app.include_router(
    crud_router(
        session=get_session,
        model=Product,
        create_schema=ProductCreate,
        update_schema=ProductUpdate,
        # Without it POST and its like answer null; the others answer with the row.
        select_schema=ProductRead,
        path="/products",
        tags=["Products"],
    )
)
