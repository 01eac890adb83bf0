"""A whole list as a stream: read page by page by its keys, so that it takes the memory of one page however long it is.

No connection is held while a client reads. A row that is there all the time comes exactly once; others may come or not.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

from bothways.crud.faults import fault
from bothways.crud.formats import TYPES, Csv, ndjson
from bothways.crud.sorting import Place, placed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence

    from starlette.types import Receive, Scope, Send

    from bothways.crud.listing import Listing
    from bothways.crud.targets import Target

AT_ONCE: Final = 1_000
"""Rows that are read at once."""
HEAD: Final = "bothways.head"
"""Set in the scope of a request whose client wants the headers only."""


class Export:
    """An answer that is written while it is read.

    What fails before the first row is answered as an error. What fails later breaks the answer off: it has no end, so
    that nobody takes it for complete.
    """

    def __init__(self, target: Target, asked: Listing, form: str) -> None:
        self._target, self._asked, self._form = target, asked, form

    @classmethod
    def of(cls, target: Target, asked: Listing, form: str) -> Self:
        """The export of a list; raises InvalidRequest for what a stream has not."""
        if asked.cursor is not None:
            raise fault("cursor", "export", "A stream begins at the beginning: leave cursor out")
        if asked.count:
            raise fault("count", "export", "A stream is not counted: leave count out")
        if form == "csv" and asked.expand:
            raise fault("expand", "export", "CSV has no rows inside rows: leave expand out, or ask for ndjson")
        return cls(target, asked, form)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; stops where the client goes away. Raises what reading raises."""
        async with aclosing(self._pages()) as pages:
            await self._sent(pages, scope, receive, send)

    async def _sent(
        self, pages: AsyncIterator[list[dict[str, Any]]], scope: Scope, receive: Receive, send: Send
    ) -> None:
        header, write = self._writer()
        first = b"" if scope.get(HEAD) else write(await anext(pages, []))
        await send({"type": "http.response.start", "status": 200, "headers": self._headers()})
        if scope.get(HEAD):
            await send({"type": "http.response.body", "body": b""})
            return
        gone = asyncio.create_task(_gone(receive))
        try:
            with suppress(OSError):  # so a server says that nobody listens any more
                await send({"type": "http.response.body", "body": header + first, "more_body": True})
                async for rows in pages:
                    if gone.done():
                        return
                    await send({"type": "http.response.body", "body": write(rows), "more_body": True})
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    def _headers(self) -> list[tuple[bytes, bytes]]:
        name = f"{self._target.table.shape.name}.{self._form}"
        return [
            (b"content-type", TYPES[self._form].encode()),
            (b"content-disposition", f'attachment; filename="{name}"'.encode("ascii", "replace")),
            (b"vary", b"accept"),
        ]

    def _writer(self) -> tuple[bytes, Callable[[Sequence[dict[str, Any]]], bytes]]:
        if self._form == "ndjson":
            return b"", ndjson
        shape = self._target.table.shape
        names = self._asked.fields or tuple(f.name for f in shape.readable)
        written = Csv([shape.by_name[name] for name in names], safe=self._asked.safe)
        return written.header(), written.lines

    async def _pages(self) -> AsyncGenerator[list[dict[str, Any]]]:
        table, asked = self._target.table, self._asked
        place: Place | None = None
        left = asked.limit
        while left is None or left > 0:
            limit = AT_ONCE if left is None else min(AT_ONCE, left)
            work = partial(table.lists.page, asked=asked, place=place, limit=limit, whose=self._target.whose)
            found = await self._target.perform(work, repeatable=True)
            rows = found.documents
            last = self._place(rows[-1]) if rows else None
            yield found.shown()
            if not found.more:
                return
            place, left = last, None if left is None else left - len(rows)

    def _place(self, row: dict[str, Any]) -> Place:
        shape = self._target.table.shape
        fields = [shape.by_name[key.name] for key in self._asked.order]
        return Place(tuple(None if row[f.name] is None else placed(f, row[f.name]) for f in fields))


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
