"""Give somebody else's code the surroundings that it expects, and take back what it changed in them."""

from __future__ import annotations

import builtins
import io
import logging
import os
import sys
from contextlib import contextmanager, redirect_stdout, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@contextmanager
def kept(folder: Path, paths: Sequence[str], *, writable: bool) -> Iterator[list[str]]:
    """Run the block in ``folder`` with ``paths`` to import from, as the command ``alembic`` would, and put back after.

    Put back are the folder, ``sys.path``, ``sys.argv``, ``os.environ`` and logging; stdout goes to stderr. Unless
    ``writable``, files that it opens to write are held in memory (offline, the multidb template writes beside itself).
    Gives what the block added to ``sys.path``, filled when it ends.
    """
    added: list[str] = []
    search, arguments, variables, here = list(sys.path), list(sys.argv), dict(os.environ), os.getcwd()  # noqa: PTH109
    levels = _logging()
    opened = builtins.open, io.open
    silenced = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    sys.path[:0] = [p for p in paths if p not in search]
    sys.argv[:] = ["alembic", "upgrade", "head"]
    os.chdir(folder)
    try:
        if not writable:
            builtins.open = io.open = _reader(opened[0])
        with redirect_stdout(sys.stderr):
            yield added
    finally:
        builtins.open, io.open = opened
        added += [p for p in sys.path if p not in search]
        sys.path[:], sys.argv[:] = search, arguments
        os.environ.clear()
        os.environ.update(variables)
        with suppress(OSError):
            os.chdir(here)
        _restore(levels)
        logging.disable(silenced)


def _reader(real: Any) -> Any:
    def reading(file: Any, mode: str = "r", *arguments: Any, **more: Any) -> Any:
        if set(mode) & set("wax+"):
            return io.BytesIO() if "b" in mode else io.StringIO()
        return real(file, mode, *arguments, **more)

    return reading


def _loggers() -> list[logging.Logger]:
    known = [x for x in logging.root.manager.loggerDict.values() if isinstance(x, logging.Logger)]
    return [logging.root, *known]


def _logging() -> dict[logging.Logger, tuple[Any, ...]]:
    return {
        x: (x.level, list(x.handlers), x.propagate, x.disabled, list(x.filters)) for x in _loggers()
    }  # fmt: skip


def _restore(levels: dict[logging.Logger, tuple[Any, ...]]) -> None:
    for logger in _loggers():
        level, handlers, propagate, disabled, filters = levels.get(logger, (logging.NOTSET, [], True, False, []))
        logger.setLevel(level)
        logger.handlers[:], logger.filters[:] = handlers, filters
        logger.propagate, logger.disabled = propagate, disabled
