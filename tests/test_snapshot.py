"""The difference between two snapshots, as a law over all of them."""

from hypothesis import given
from hypothesis import strategies as st

from bothways.snapshot import Snapshot, difference, key_name, parts_of, split_name

VALUES = st.none() | st.booleans() | st.integers(-5, 5) | st.text("abü'\x00", max_size=4) | st.tuples(st.just("x"))
FACTS = st.dictionaries(st.sampled_from(["type", "default", "position"]), VALUES, max_size=3)
OBJECTS = st.dictionaries(st.sampled_from([f"{k}:{n}" for k in ("table", "column") for n in ("a", "b.c")]), FACTS)
TIERS = {("column", "position"): "order"}


def snapshot(objects):
    return Snapshot("postgresql", "PostgreSQL 15.18", objects, TIERS)


@given(OBJECTS, OBJECTS)
def test_there_is_no_difference_exactly_when_the_digests_are_equal(a, b):
    without_nothing = [{k: {f: v for f, v in facts.items() if v is not None} for k, facts in o.items()} for o in (a, b)]
    first, second = map(snapshot, without_nothing)
    assert (difference(first, second) == ()) == (first.digest == second.digest)


@given(OBJECTS, OBJECTS)
def test_the_difference_turned_around_swaps_before_and_after(a, b):
    there, back = difference(snapshot(a), snapshot(b)), difference(snapshot(b), snapshot(a))
    assert [(c.key, c.fact, c.before, c.after) for c in there] == [(c.key, c.fact, c.after, c.before) for c in back]


@given(OBJECTS)
def test_the_order_of_reading_does_not_matter(objects):
    turned = dict(reversed([(k, dict(reversed(v.items()))) for k, v in objects.items()]))
    assert snapshot(turned).digest == snapshot(objects).digest


def test_a_change_says_in_words_what_differs():
    before = snapshot({"column:product.price": {"type": "numeric(12,2)", "position": 1}, "table:old": {}})
    after = snapshot({"column:product.price": {"type": "numeric(10,2)", "position": 2}, "table:new": {}})
    assert [str(c) for c in difference(before, after)] == [
        "column product.price: position 1 → 2",
        "column product.price: type numeric(12,2) → numeric(10,2)",
        "table new: added",
        "table old: missing",
    ]
    assert [str(c) for c in difference(before, after, tiers=["order"])] == ["column product.price: position 1 → 2"]


NAMES = st.lists(st.text(alphabet='ab."(\n ', min_size=1, max_size=5), min_size=1, max_size=3).map(tuple)


@given(NAMES, NAMES)
def test_different_names_have_different_keys_and_a_key_tells_its_names(a, b):
    assert (key_name(*a) == key_name(*b)) == (a == b)
    assert parts_of(key_name(*a)) == a


@given(NAMES, st.text(alphabet='ab."(\n', min_size=1))
def test_a_key_tells_what_an_object_belongs_to(table, own):
    assert split_name(key_name(*table, own)) == (key_name(*table), own)


def test_ordinary_names_stand_in_keys_as_they_are():
    assert key_name("shop", "Größe in m²") == "shop.Größe in m²"
    assert key_name("a", "b.c") == 'a."b.c"'
    assert key_name('q"d', "e") == '"q""d".e'
