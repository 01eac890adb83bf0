"""What every verb returns: frozen data with ``to_dict()``, shown alike by the command line, HTTP and tests."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

EXIT_OK = 0
EXIT_FINDINGS = 1
"""Findings, pending revisions or drift."""
EXIT_COULD_NOT_RUN = 2
"""Usage, configuration, or a database that cannot be reached."""
EXIT_REFUSED = 3
"""Refused by policy."""
EXIT_FAILED = 4
"""A migration failed; its state is recorded."""


class Report(Protocol):
    """The result of a verb."""

    kind: ClassVar[str]
    """The name and version of its JSON: ``status/1``."""

    @property
    def exit_code(self) -> int:
        """What the command line exits with: one of the EXIT constants of this module."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        ...


def document(report: Report) -> dict[str, Any]:
    """A report as a whole document; ``schema`` names what kind and which version of it."""
    return {"schema": f"bothways/{report.kind}", **report.to_dict()}
