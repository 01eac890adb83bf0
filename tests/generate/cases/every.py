"""All change cases."""

from __future__ import annotations

from tests.generate.cases import columns, defaults, tables, types

CASES = (*tables.CASES, *columns.CASES, *types.CASES, *defaults.CASES)
