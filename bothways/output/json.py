"""Reports and errors as JSON, with the name and version of their schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bothways.reports import document

if TYPE_CHECKING:
    from bothways.errors import BothwaysError
    from bothways.reports import Report


def report(shown: Report) -> str:
    """A report; ``schema`` names what kind and which version of it."""
    return json.dumps(document(shown), indent=2, ensure_ascii=False)


def error(shown: BothwaysError) -> str:
    """An error."""
    return json.dumps(
        {"schema": "bothways/error/1", "error": shown.to_dict()}, indent=2, ensure_ascii=False, default=str
    )
