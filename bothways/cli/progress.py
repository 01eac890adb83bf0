"""How far a proof is, on stderr: a line that renews itself on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.verify import Proof

_TERMINAL_SECONDS = 0.1
_LOG_SECONDS = 10.0
_BAR = 12


@dataclass
class Progress:
    """Told by several threads what happens; tells a person. A revision that fails is told at once."""

    totals: Mapping[str, int] = field(default_factory=dict)
    done: dict[str, set[str]] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _last: float = field(default_factory=time.monotonic)
    _shown: bool = False

    def started(self, totals: Mapping[str, int]) -> None:
        """How many revisions each database has to prove."""
        self.totals = totals
        self.done = {name: set() for name in totals}

    def step(self, database: str, revision: str, direction: str) -> None:
        """A revision begins its way up or down."""
        with self._lock:
            self.at[database] = f"{'↑' if direction == 'up' else '↓'} {revision}"
            self._show()

    def proved(self, proof: Proof) -> None:
        """A verdict."""
        with self._lock:
            self.done[proof.database].add(proof.revision)
            if proof.fails:
                self._clear()
                text = (proof.evidence or "").splitlines()
                click.echo(f"{proof.database} {proof.revision} is {proof.verdict}: {text[0] if text else ''}", err=True)
            self._show()

    def ended(self) -> None:
        """Leave the terminal as it was."""
        with self._lock:
            self._clear()

    def _show(self) -> None:
        terminal = sys.stderr.isatty()
        if time.monotonic() - self._last < (_TERMINAL_SECONDS if terminal else _LOG_SECONDS):
            return
        self._last = time.monotonic()
        parts = [self._part(name, total, bar=terminal) for name, total in self.totals.items()]
        text = "   ".join(parts)
        if not terminal:
            click.echo(f"verify: {text}", err=True)
            return
        width = shutil.get_terminal_size().columns - 1
        click.echo(f"\r\x1b[K{text[:width]}", nl=False, err=True)
        self._shown = True

    def _part(self, name: str, total: int, *, bar: bool) -> str:
        count = len(self.done[name])
        filled = _BAR * count // max(total, 1)
        drawn = f" {'█' * filled}{'░' * (_BAR - filled)}" if bar else ""
        return f"{name}{drawn} {count}/{total} {self.at.get(name, '') if count < total else 'done'}"

    def _clear(self) -> None:
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)
            self._shown = False
