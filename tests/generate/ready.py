"""What each engine's drafter can do by now: the kinds of edits and models that its laws are tried with."""

READY: dict[str, frozenset[str]] = {"sqlite": frozenset(), "postgresql": frozenset(), "mysql": frozenset()}
