"""The environment of FastCRUD and of the bare application, which uses orjson."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from pathlib import Path

from bench.verifying.peers import environment

FOLDER = Path(__file__).resolve().parents[2] / "data" / "bench-services"

_PINNED = ("fastcrud==0.23.0", "orjson==3.12.0")
_SHARED = ("fastapi", "starlette", "pydantic", "sqlalchemy", "greenlet", "asyncpg", "uvicorn", "uvloop", "httptools")
"""What all sides run on has the same version on all."""


@cache
def python() -> Path:
    """Their Python; makes the environment where it is missing or of other versions."""
    return environment(FOLDER, [*_PINNED, *(f"{name}=={version(name)}" for name in _SHARED)])
