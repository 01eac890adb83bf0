"""A planted fault: a downgrade that runs without an error and does not give back what was there."""

from __future__ import annotations

from dataclasses import dataclass

Statements = tuple[str, ...]
Fact = tuple[str, str | None]
"""The key of an object and the fact that differs; None where the whole object is missing or left behind."""


@dataclass(frozen=True, slots=True)
class Case:
    """One fault and its control."""

    name: str
    fact: Fact
    """What the difference must name."""
    before: Statements
    """The parent revision's schema and rows."""
    up: Statements
    down: Statements
    """Runs, but does not restore."""
    good_down: Statements
    """The control: restores everything."""
    consequences: tuple[Fact, ...] = ()
    """Further facts that the same fault changes; all that the difference may name besides ``fact``."""


def case(
    name: str,
    fact: Fact,
    *,
    up: str | Statements,
    good: str | Statements,
    down: str | Statements = (),
    before: str | Statements = (),
    also: tuple[Fact, ...] = (),
) -> Case:
    """A case; one statement needs no tuple, and a downgrade that forgets everything needs no ``down``."""
    return Case(name, fact, _many(before), _many(up), _many(down), _many(good), also)


def _many(statements: str | Statements) -> Statements:
    return (statements,) if isinstance(statements, str) else statements
