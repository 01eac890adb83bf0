"""CPU of the application for one request, generated CRUD beside the usual hand-written service, on each engine.

Both applications are called in this process without an HTTP server, one request at a time, in alternating blocks; the
figure is the least block's CPU time of this process (threads included, the database server not) for one request.

    script/bench crud_smoke [sqlite] [postgresql] [mysql]

The hand-written one is the pattern that most FastAPI tutorials show: an ORM session a request from a yield dependency,
``response_model``, commit and refresh. It exists for PostgreSQL, on asyncpg.
"""

import asyncio
import io
import json
import sys
import time
import uuid
from contextlib import ExitStack, redirect_stderr
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from api.app import create_app
from api.settings import Settings
from bothways import revisions, scratch, servers
from bothways.connections import call
from bothways.project import Project
from bothways.urls import DatabaseURL
from schema import Product, ProductStatus

ROOT = Path(__file__).resolve().parents[1]
REQUESTS = 300
ROUNDS = 5


class Answer(BaseModel):
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


class Creation(BaseModel):
    sku: str
    name: str
    price: Decimal
    attributes: dict[str, Any] = {}


class Change(BaseModel):
    name: str | None = None
    price: Decimal | None = None


def hand_written(url: DatabaseURL) -> FastAPI:
    """The usual service."""
    engine = create_async_engine(url.to_sqlalchemy(), pool_size=10)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    app = FastAPI()

    async def session_of_request():
        async with sessions() as session:
            yield session

    Session = Annotated[AsyncSession, Depends(session_of_request)]

    @app.get("/products", response_model=list[Answer])
    async def products(session: Session, limit: int = 50):
        return (await session.scalars(select(Product).order_by(Product.id).limit(limit))).all()

    @app.get("/products/{key}", response_model=Answer)
    async def product(key: uuid.UUID, session: Session):
        found = await session.get(Product, key)
        if found is None:
            raise HTTPException(404)
        return found

    @app.post("/products", response_model=Answer, status_code=201)
    async def create(body: Creation, session: Session):
        made = Product(**body.model_dump())
        session.add(made)
        await session.commit()
        await session.refresh(made)
        return made

    @app.patch("/products/{key}", response_model=Answer)
    async def change(key: uuid.UUID, body: Change, session: Session):
        found = await session.get(Product, key)
        if found is None:
            raise HTTPException(404)
        for name, value in body.model_dump(exclude_unset=True).items():
            setattr(found, name, value)
        await session.commit()
        await session.refresh(found)
        return found

    app.state.engine = engine
    return app


async def ask(app: Any, method: str, path: str, body: bytes = b"", query: bytes = b"") -> tuple[int, bytes]:
    """One request of an ASGI application; its status and body."""
    status, parts = 0, []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": query,
        "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return status, b"".join(parts)


async def block(app: Any, base: str, operation: str, key: str) -> float:
    """Microseconds of CPU for one request of an operation."""
    started = time.process_time()
    for _ in range(REQUESTS):
        if operation == "get":
            answer = await ask(app, "GET", f"{base}/{key}")
        elif operation == "page":
            answer = await ask(app, "GET", base, query=b"limit=50")
        elif operation == "post":
            body = {"sku": uuid.uuid4().hex, "name": "a name", "price": "19.99", "attributes": {"a": [1, 2]}}
            answer = await ask(app, "POST", base, json.dumps(body).encode())
        else:
            answer = await ask(app, "PATCH", f"{base}/{key}", b'{"name": "another", "price": "20.00"}')
        if answer[0] >= 300:
            raise SystemExit(f"{operation}: {answer}")
    return (time.process_time() - started) / REQUESTS * 1e6


async def measure(engine: str, url: DatabaseURL) -> None:
    """Print the figures of one engine."""
    environ = {f"BOTHWAYS_{engine.upper()}_URL": url.reveal()}
    project = Project.load(ROOT / "alembic.ini", environ=environ)
    project = replace(project, databases=tuple(d for d in project.databases if d.name == engine))
    call_in_thread = asyncio.to_thread(
        call, url, lambda c: revisions.upgrade(c, project, project.database(engine)), purpose="migrate"
    )
    await call_in_thread
    generated = create_app(Settings(_env_file=None), project)
    rivals: dict[str, tuple[Any, str]] = {"generated": (generated, f"/api/v1/{engine}/products")}
    if engine == "postgresql":
        rivals["hand-written"] = (hand_written(url), "/products")
    async with generated.router.lifespan_context(generated):
        key = ""
        for _ in range(60):
            body = {"sku": uuid.uuid4().hex, "name": "a name", "price": "19.99"}
            _, made = await ask(generated, "POST", f"/api/v1/{engine}/products", json.dumps(body).encode())
            key = json.loads(made)["id"]
        for operation in ("get", "page", "post", "patch"):
            best = dict.fromkeys(rivals, float("inf"))
            for _ in range(ROUNDS):
                for name, (app, base) in rivals.items():
                    best[name] = min(best[name], await block(app, base, operation, key))
            figures = "  ".join(f"{name} {value:6.0f} us" for name, value in best.items())
            ratio = f"  ratio {best['hand-written'] / best['generated']:.1f}" if len(best) > 1 else ""
            print(f"{engine:<11} {operation:<6} {figures}{ratio}")
    if engine == "postgresql":
        await rivals["hand-written"][0].state.engine.dispose()


def main() -> None:
    engines = sys.argv[1:] or ["sqlite", "postgresql", "mysql"]
    with ExitStack() as stack:
        for engine in engines:
            if engine == "sqlite":
                server = DatabaseURL.parse("sqlite:///unused.db")
            else:
                server = stack.enter_context(servers.start(engine)).url
            url = stack.enter_context(scratch.database(server))
            # The log is on, as in service, but this terminal is for the figures.
            with redirect_stderr(io.StringIO()):
                asyncio.run(measure(engine, url))


if __name__ == "__main__":
    main()
