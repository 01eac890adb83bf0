"""What does not pass yet, or can't, and why."""

from __future__ import annotations

OPEN: dict[str, dict[str, str]] = {"sqlite": {}, "postgresql": {}, "mysql": {}}
"""By engine the names of cases, and the reason of each."""
