"""Runs: upgrades, downgrades and proofs in a process of their own, recorded in the database that they are about.

``tables`` are the records, ``run`` what they hold, ``records`` reads and writes them, ``control`` starts and ends runs,
``worker`` is the process of one and ``work`` its child, in which the revisions run.
"""

from bothways.runs.control import GRACE_SECONDS, cancel, find, newest, start
from bothways.runs.run import Event, Outcome, Run, RunsReport, Wish, database_of

__all__ = [
    "GRACE_SECONDS",
    "Event",
    "Outcome",
    "Run",
    "RunsReport",
    "Wish",
    "cancel",
    "database_of",
    "find",
    "newest",
    "start",
]
