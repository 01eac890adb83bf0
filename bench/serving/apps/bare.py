"""The floor: a bare ASGI application on asyncpg and orjson, without validation, without errors that anybody could read.

It runs in the peers' environment and serves ``/products`` of the database that BENCH_URL names.
"""

import os
from urllib.parse import parse_qsl

import asyncpg
import orjson

COLUMNS = (
    "id, category_id, sku, name, description, status, price, currency, attributes, tags, created_at, updated_at, "
    "deleted_at"
)
GET = f"SELECT {COLUMNS} FROM products WHERE id = $1"
FIRST_PAGE = f"SELECT {COLUMNS} FROM products ORDER BY id LIMIT $1"
NEXT_PAGE = f"SELECT {COLUMNS} FROM products WHERE id > $2 ORDER BY id LIMIT $1"
POST = (
    "INSERT INTO products (id, sku, name, price, attributes) VALUES (gen_random_uuid(), $1, $2, $3, $4) "
    f"RETURNING {COLUMNS}"
)
PATCH = f"UPDATE products SET name = $2, price = $3, updated_at = now() WHERE id = $1 RETURNING {COLUMNS}"
HEAD = (b"content-type", b"application/json")


class Connection(asyncpg.Connection):
    """A session whose state nobody changes, so there is nothing to reset."""

    def get_reset_query(self):
        return ""


async def set_up(connection):
    for kind in ("uuid", "numeric"):
        await connection.set_type_codec(kind, encoder=str, decoder=str, schema="pg_catalog", format="text")
    encoder = lambda value: orjson.dumps(value).decode()  # noqa: E731
    await connection.set_type_codec(
        "jsonb", encoder=encoder, decoder=orjson.Fragment, schema="pg_catalog", format="text"
    )


class App:
    pool = None

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await self.live(receive, send)
            return
        status, body = await self.answer(scope, receive)
        head = [HEAD, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body})

    async def live(self, receive, send):
        await receive()
        size = int(os.environ["BENCH_POOL"])
        self.pool = await asyncpg.create_pool(
            os.environ["BENCH_URL"].replace("+asyncpg", ""),
            min_size=size,
            max_size=size,
            init=set_up,
            connection_class=Connection,
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(self, scope, receive):
        method, key = scope["method"], scope["path"][10:]
        if method == "GET" and not key:
            return 200, await self.page(dict(parse_qsl(scope["query_string"].decode())))
        if method == "GET":
            return 200, await self.row(GET, key)
        body = orjson.loads((await receive())["body"])
        if method == "POST":
            return 201, await self.row(POST, body["sku"], body["name"], body["price"], body["attributes"])
        return 200, await self.row(PATCH, key, body["name"], body["price"])

    async def row(self, statement, *values):
        async with self.pool.acquire() as connection:
            found = await connection.fetchrow(statement, *values)
        return orjson.dumps(dict(found))

    async def page(self, asked):
        limit, after = int(asked.get("limit", 50)), asked.get("after")
        async with self.pool.acquire() as connection:
            if after is None:
                rows = await connection.fetch(FIRST_PAGE, limit)
            else:
                rows = await connection.fetch(NEXT_PAGE, limit, after)
        return orjson.dumps({"items": [dict(row) for row in rows]})


app = App()
