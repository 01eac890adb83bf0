"""The order of filling: each table after those that it must refer to, circles together, in time that stays linear."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bothways.dialects.plantable import PlantableColumn, PlantableTable, Reference
from bothways.verify.rows.order import in_order


def tables(edges, count):
    """Tables 0…count-1; an edge (from, to, nullable) is a foreign key of its own column."""
    made = []
    for i in range(count):
        mine = [(n, b, empty) for n, (a, b, empty) in enumerate(edges) if a == i]
        columns = tuple(PlantableColumn(f"c{n}", "int", "integer", nullable=empty) for n, _, empty in mine)
        references = tuple(Reference(f"fk{n}", (f"c{n}",), f"t{b}", ("id",)) for n, b, _ in mine)
        made.append(PlantableTable(f"t{i}", columns, references=references))
    return made


EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.booleans()), max_size=20)


def reachable(edges, start):
    seen, open_ = set(), [start]
    while open_:
        node = open_.pop()
        for a, b, empty in edges:
            if a == node and not empty and b not in seen:
                seen.add(b)
                open_.append(b)
    return seen


@given(EDGES)
def test_each_table_comes_after_those_it_must_refer_to_and_circles_are_together(edges):
    groups = [[t.name for t in g] for g in in_order(tables(edges, 8))]
    place = {name: i for i, group in enumerate(groups) for name in group}
    assert sorted(place) == [f"t{i}" for i in range(8)]
    assert sum(map(len, groups)) == 8
    for a, b, empty in edges:
        assert empty or place[f"t{b}"] <= place[f"t{a}"]
    for a in range(8):
        for b in range(a):
            circle = b in reachable(edges, a) and a in reachable(edges, b)
            assert circle == (place[f"t{a}"] == place[f"t{b}"])


def test_a_key_that_may_be_empty_is_filled_at_once_where_the_order_allows_it():
    groups = in_order(tables([(0, 1, True)], 2))
    assert [g[0].name for g in groups] == ["t1", "t0"]


def test_a_chain_of_thousands_of_tables_needs_no_recursion():
    count = 5000
    column = PlantableColumn("c", "int", "integer", nullable=False)
    chain = [PlantableTable("t0", ())]
    chain += [
        PlantableTable(f"t{i}", (column,), references=(Reference("fk", ("c",), f"t{i - 1}", ("id",)),))
        for i in range(1, count)
    ]
    assert [g[0].name for g in in_order(chain)] == [f"t{i}" for i in range(count)]
