"""Several workers, one answer: each writes its figures to a file of a folder, and whichever is asked adds them up."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pydantic_core import from_json, to_json

from bothways.web.metrics.figures import Taken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bothways.web.metrics.figures import Figures

_SECONDS: Final = 1.0


class Workers:
    """The figures of this worker and, where there is a folder, of the others."""

    def __init__(self, figures: Figures, folder: Path | None) -> None:
        self._figures = figures
        self._file = folder / f"{os.getpid()}.json" if folder is not None else None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """While the service runs, write the figures down once a second, and at the end."""
        if self._file is None:
            yield
            return
        task = asyncio.create_task(self._write_on(self._file))
        try:
            yield
        finally:
            task.cancel()
            _write(self._file, self._figures.taken())

    def all(self) -> list[Taken]:
        """The figures of every worker; of those that have ended what they have counted."""
        found = [self._figures.taken()]
        for file in self._file.parent.glob("*.json") if self._file is not None else ():
            if file != self._file:
                with suppress(OSError, ValueError, TypeError):
                    taken = Taken(**from_json(file.read_bytes()))
                    found.append(
                        taken if _lives(int(file.stem)) else replace(taken, pools=(), under_way=0, living=False)
                    )
        return found

    async def _write_on(self, file: Path) -> None:
        last: Taken | None = None
        while True:
            taken = self._figures.taken()
            if taken != last:
                _write(file, taken)
            last = taken
            await asyncio.sleep(_SECONDS)


def _write(file: Path, taken: Taken) -> None:
    # Nobody shall read half a file. A disk that is full costs figures, not the service.
    with suppress(OSError):
        new = file.with_suffix(".new")
        new.write_bytes(to_json(taken.to_dict()))
        new.replace(file)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
