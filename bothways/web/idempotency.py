"""``Idempotency-Key`` where nothing is kept by it: refused, as whoever sends one counts on it.

Answers are kept beside rows, in the transaction that writes them (``bothways.crud.idempotency``). The answer to a new
API key holds its secret, which is kept nowhere, and a run has its database for itself anyway.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from bothways.crud.idempotency import HEADER
from bothways.errors import InvalidRequest


async def refuse_key(request: Request) -> None:
    """Raises InvalidRequest for a request with an ``Idempotency-Key``."""
    if HEADER.decode() in request.headers:
        words = "An Idempotency-Key does nothing here: sent again, the request would be done again"
        fault = {"loc": ["header", "Idempotency-Key"], "type": "idempotency_key", "msg": words}
        hint = "leave it out; rows are made with one: POST /api/v1/{database}/{table}"
        raise InvalidRequest(words, hint=hint, details={"errors": [fault]})


Once = Annotated[None, Depends(refuse_key)]
"""For endpoints that do not heed the header."""
