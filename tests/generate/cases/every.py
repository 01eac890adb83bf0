"""All change cases."""

from __future__ import annotations

from tests.generate.cases import (
    columns,
    comments,
    constraints,
    defaults,
    enums,
    generated,
    indexes,
    others,
    programs,
    tables,
    types,
)

MODULES = (tables, columns, types, defaults, enums, constraints, indexes, generated, comments, programs, others)
CASES = tuple(case for module in MODULES for case in module.CASES)
