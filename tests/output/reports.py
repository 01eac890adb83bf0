"""Reports to show: a fixed one with every verdict, and Hypothesis' own with any text anywhere."""

from hypothesis import strategies as st

from bothways.snapshot import TIERS, Change
from bothways.verify import Proof, ProofReport

MISSING_INDEX = Change("index:note.ix_stars", None, "present", None, "semantic")
SHORTER = Change("column:note.body", "type", "varchar(50)", "varchar(20)", "semantic")
LOST = Change("rows:note", "digest", "a1", "b2", "data")

EVERY_VERDICT = ProofReport(
    (
        Proof("pg", "PostgreSQL 18.4", "pg_1", "Add notes", "lossless", seconds=0.25, change="notes"),
        Proof(
            "pg", "PostgreSQL 18.4", "pg_2", "Shorten bodies", "broken", (MISSING_INDEX, SHORTER), str(MISSING_INDEX),
            0.5, "migrations/versions/pg/2.py", 17, "bodies",
        ),
        Proof(
            "lite", "SQLite 3.50", "lite_1", "Add notes", "irreversible-declared", (), "rows are gone", change="notes"
        ),
        Proof(
            "lite", "SQLite 3.50", "lite_2", "Shorten bodies", "lossy", (LOST,), "note 7: 'long text' → 'long'",
            0.125, "migrations/versions/lite/2.py", 9, "bodies",
        ),
        Proof("lite", "SQLite 3.50", "lite_3", "Forget codes", "lossy-declared", (), "declared: note.code"),
    )
)  # fmt: skip

TRAPS = [
    "]]>",
    "<!--",
    "&amp;",
    "%0A",
    "::error::",
    "\r\n",
    "\n\n",
    "|",
    "</pre>",
    "</details>",
    "`",
    "\x00",
    "\x1b[31m",
]
TEXT = st.one_of(
    st.text(st.characters(codec=None), max_size=20),
    st.lists(st.one_of(st.sampled_from(TRAPS), st.text(max_size=3)), max_size=5).map("".join),
)
VALUES = st.one_of(TEXT, st.none(), st.integers(), st.booleans(), st.lists(TEXT, max_size=3).map(tuple))
CHANGES = st.builds(Change, TEXT, st.one_of(TEXT, st.none()), VALUES, VALUES, st.sampled_from(TIERS))
PROOFS = st.builds(
    Proof,
    database=TEXT,
    server=TEXT,
    revision=TEXT,
    message=TEXT,
    verdict=st.sampled_from(["lossless", "lossy", "lossy-declared", "irreversible-declared", "broken"]),
    changes=st.lists(CHANGES, max_size=3).map(tuple),
    evidence=st.one_of(TEXT, st.none()),
    seconds=st.floats(0, 1e5),
    file=TEXT,
    line=st.integers(1, 10_000),
    change=TEXT,
)
ANY = st.lists(PROOFS, max_size=4).map(lambda proofs: ProofReport(tuple(proofs)))


def failing(report):
    return [p for p in report.proofs if p.verdict in {"lossy", "broken"}]
