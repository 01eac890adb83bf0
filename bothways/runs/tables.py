"""The tables of runs, in the database that they are about: runs, what happened in each, and verdicts of proofs.

Times are the server's own, in milliseconds since 1970. ``held`` is unique and set while a run is under way, so a
database has one at most, whoever starts it.
"""

from __future__ import annotations

import sqlalchemy as sa

from bothways.ledger import Ledger

HELD = "run"
METADATA = sa.MetaData()
RUNS = sa.Table(
    "bothways_runs",
    METADATA,
    sa.Column("id", sa.String(140), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False, comment="The database, as the project calls it"),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("held", sa.String(4), comment="Set while it is under way"),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("started", sa.BigInteger),
    sa.Column("ended", sa.BigInteger),
    sa.Column("beat", sa.BigInteger, comment="When its process was last heard of"),
    sa.Column("cancel", sa.BigInteger, comment="When somebody asked to end it"),
    sa.Column("host", sa.String(20), comment="The machine of its process"),
    sa.Column("process", sa.String(60), comment="Its process there"),
    sa.Column("session", sa.String(100), comment="The session of the server that migrates"),
    sa.Column("wish", sa.JSON, nullable=False, comment="What was asked for, and by whom"),
    sa.Column("outcome", sa.JSON(none_as_null=True), comment="How it ended, with the report"),
    sa.UniqueConstraint("held", name="uq_bothways_runs_held"),
    comment="Upgrades, downgrades and proofs of this database",
)
EVENTS = sa.Table(
    "bothways_run_events",
    METADATA,
    sa.Column("run", sa.String(140), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    comment="What happened in each run, in order",
)
VERDICTS = sa.Table(
    "bothways_verdicts",
    METADATA,
    sa.Column("branch", sa.String(100), primary_key=True),
    sa.Column("revision", sa.String(100), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, comment="Of the file that was proved"),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("run", sa.String(140), nullable=False),
    sa.Column("proof", sa.JSON, nullable=False),
    comment="What the last round trip of each revision showed",
)
LEDGER = Ledger("runs", 1, METADATA)
