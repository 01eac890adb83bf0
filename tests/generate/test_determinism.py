"""The same change gives the same text: in whatever order it was defined, whatever Python's hash seed is."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.generate.evolutions import EDITS, evolutions
from tests.generate.laws import UnbuildableError, drafted_text
from tests.generate.models import Check, Column, Evolution, ForeignKey, Index, Models, Table, Unique
from tests.generate.orders import reordered
from tests.generate.ready import READY

ROOT = Path(__file__).parents[2]
SEEDS = range(12)
ID = Column("id", required=True)
NUMBERS = tuple(Column(n) for n in "abcdef")


def reference(column, table):
    return ForeignKey(f"fk_{column}_{table}", (column,), table, ("id",))


CHAIN = Models(
    (
        Table("first", (ID, *NUMBERS), ("id",), constraints=(Unique("uq_first", ("a", "b")),)),
        Table("second", (ID, *NUMBERS), ("id",), constraints=(reference("a", "first"), reference("b", "first"))),
        Table("third", (ID, *NUMBERS), ("id",), constraints=(reference("c", "second"), reference("d", "first"))),
        Table("stays", (ID, *NUMBERS), ("id",), indexes=(Index("ix_a", ("a",), ("",)), Index("ix_b", ("b",), ("",)))),
    )
)
CIRCLE = Models(
    (
        Table("stays", (ID, NUMBERS[3]), ("id",), constraints=(Check("ck_d", "{0} > 0", ("d",)),)),
        Table("egg", (ID, *NUMBERS), ("id",), constraints=(reference("e", "hen"), reference("f", "stays"))),
        Table("hen", (ID, *NUMBERS), ("id",), constraints=(reference("a", "egg"), reference("b", "hen"))),
    )
)
EVOLUTIONS = (Evolution(CHAIN, CIRCLE), Evolution(CIRCLE, CHAIN, offline=True))


def unready(engine):
    if not READY[engine] & set(EDITS):
        pytest.skip(f"nothing is drafted on {engine} yet")


def test_the_order_of_definitions_changes_nothing(engine_name, servers):
    unready(engine_name)
    ours = evolutions(engine_name, READY[engine_name])
    pairs = ours.flatmap(lambda evolution: st.tuples(st.just(evolution), reordered(evolution)))

    @settings(
        max_examples=max(5, settings.default.max_examples // 5),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(pairs)
    def holds(pair):
        try:
            texts = [drafted_text(servers[engine_name], evolution) for evolution in pair]
        except UnbuildableError:
            assume(False)
        assert texts[0] == texts[1]

    holds()


def test_twelve_hash_seeds_give_one_text(engine_name, servers):
    unready(engine_name)
    told = json.dumps({"url": servers[engine_name].reveal(), "evolutions": [repr(e) for e in EVOLUTIONS]})

    def drafted(seed):
        command = [sys.executable, "-m", "tests.generate.hashed"]
        environ = {**os.environ, "PYTHONHASHSEED": str(seed)}
        ran = subprocess.run(command, input=told, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    with ThreadPoolExecutor(2) as pool:
        texts = set(pool.map(drafted, SEEDS))
    assert len(texts) == 1
    assert "def upgrade" in texts.pop()
