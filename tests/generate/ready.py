"""What each engine's drafter can do by now: the kinds of edits and models that its laws are tried with."""

from tests.generate.evolutions import ALL

READY: dict[str, frozenset[str]] = {
    "sqlite": ALL,
    "postgresql": ALL,
    "mysql": ALL,
}
