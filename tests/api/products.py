"""A table of products in Python: conditions on it and its order, as the service should have them."""

import datetime as dt
import json
import re
from decimal import Decimal

from hypothesis import strategies as st

STATUSES = ("draft", "active", "discontinued", "preorder")
NAMES = ("", "a", "A", "b%", "B_", "ab", "AB!", "äÄ", "ñ\\", "[x]", "*?", "x\ny", "Straße", "漢 字", "it's", '"q"')
DOCUMENTS = (
    {},
    {"size": 1},
    {"size": 2.5},
    {"size": "1"},
    {"size": True},
    {"size": None},
    {"size": [1]},
    {"colour": "red", "in": {"it": "deep"}},
    {"colour": "Red"},
    {"colour": "it's ü"},
)
TAGS = ("red", "Red", "ü", "", 'a"b', "a,b", "a\\b", "[1]")
COMPARE = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}
# Fields whose values every engine orders alike, and how Python does.
ORDERED = {
    "sku": str,
    "price": Decimal,
    "created_at": dt.datetime.fromisoformat,
    "deleted_at": dt.datetime.fromisoformat,
    "status": STATUSES.index,
    "id": str,
}
VALUES = {
    "price": ["0.00", "1.10", "2.20", "4.00"],
    "sku": ["8", "c0", "f"],
    "created_at": ["2024-01-01T00:00:00.000004Z", "2124-01-03T01:00:00+01:00"],
}


def product(n):
    """The n-th product, but for its keys."""
    return {
        "name": NAMES[n % len(NAMES)],
        "price": f"{n * 7 % 5}.{n % 3}0",
        "status": STATUSES[n % 4],
        "description": None if n % 3 else NAMES[n % len(NAMES)],
        "attributes": DOCUMENTS[n % len(DOCUMENTS)],
        "tags": [TAGS[n % len(TAGS)], TAGS[n * 3 % len(TAGS)]][: n % 3],
    }


def put(client, path, n, **keys):
    """Make the n-th product; every fourth one is deleted, but kept."""
    row = client.post(path, json=product(n) | keys).json()
    if n % 4 == 0:
        assert client.delete(f"{path}/{row['id']}").status_code == 204
    return client.get(f"{path}/{row['id']}", params={"deleted": "include"}).json()


def purge(client, path, row):
    """Remove a product for good."""
    assert client.delete(f"{path}/{row['id']}", params={"purge": "true"}).status_code == 204


def in_order(rows, sort):
    """Rows in order; a null is the largest, and the key is last."""
    down = bool(sort) and sort[-1][0] == "-"
    named = {key.lstrip("-") for key in sort}
    keys = [*sort, *([] if "id" in named else ["-id" if down else "id"])]

    def place(name):
        return lambda row: (row[name] is None, row[name] is not None and ORDERED[name](row[name]))

    found = list(rows)
    for key in reversed(keys):  # sorting is stable
        found.sort(key=place(key.lstrip("-")), reverse=key[0] == "-")
    return found


SORTS = st.lists(
    st.sampled_from(sorted(ORDERED)).flatmap(lambda name: st.sampled_from([name, f"-{name}"])),
    max_size=3,
    unique_by=lambda key: key.lstrip("-"),
)


def folded(letter):
    """A letter in any case that is one letter."""
    return {case for case in (letter, letter.lower(), letter.upper(), letter.title()) if len(case) == 1}


def like(pattern, text, *, fold):
    """Whether a text is like a pattern, letter by letter."""
    found = ""
    for escaped, wild, plain in re.findall(r"\\([\\%_])|([%_])|(.)", pattern, re.DOTALL):
        letter = escaped or plain
        if wild:
            found += ".*" if wild == "%" else "."
        else:
            found += "[" + "".join(re.escape(c) for c in sorted(folded(letter) if fold else {letter})) + "]"
    return re.fullmatch(found, text, re.DOTALL) is not None


@st.composite
def comparisons(draw):
    """A field against one value."""
    name, operator = draw(st.sampled_from(sorted(VALUES))), draw(st.sampled_from(sorted(COMPARE)))
    read, value = ORDERED[name], draw(st.sampled_from(VALUES[name]))
    fits = lambda row: row[name] is not None and COMPARE[operator](read(row[name]), read(value))  # noqa: E731
    return (name, f"{operator}:{value}"), fits


@st.composite
def memberships(draw):
    """A field against several values."""
    name, operator = draw(st.sampled_from(sorted(VALUES))), draw(st.sampled_from(["in", "nin"]))
    read, values = ORDERED[name], draw(st.lists(st.sampled_from(VALUES[name]), min_size=1, max_size=5))
    wanted = [read(value) for value in values]
    fits = lambda row: row[name] is not None and (read(row[name]) in wanted) is (operator == "in")  # noqa: E731
    return (name, f"{operator}:{','.join(values)}"), fits


@st.composite
def ranges(draw):
    """A field between two values."""
    name = draw(st.sampled_from(sorted(VALUES)))
    read, ends = ORDERED[name], draw(st.tuples(*[st.sampled_from(VALUES[name])] * 2))
    fits = lambda row: row[name] is not None and read(ends[0]) <= read(row[name]) <= read(ends[1])  # noqa: E731
    return (name, f"between:{','.join(ends)}"), fits


@st.composite
def labels(draw):
    """An enum against several labels."""
    wanted = draw(st.lists(st.sampled_from(STATUSES), min_size=1, max_size=3))
    return ("status", f"in:{','.join(wanted)}"), lambda row: row["status"] in wanted


@st.composite
def nulls(draw):
    """A field that is or is not null."""
    name, negated = draw(st.sampled_from(["description", "deleted_at", "category_id"])), draw(st.booleans())
    return (name, "not:null" if negated else "is:null"), lambda row: (row[name] is not None) is negated


@st.composite
def patterns(draw):
    """A text against a pattern."""
    parts = ["%", "_", "a", "A", "ä", "\\%", "\\\\", "b", "[", "x", "ñ", "s"]
    pattern = "".join(draw(st.lists(st.sampled_from(parts), max_size=4)))
    operator, name = draw(st.sampled_from(["like", "ilike"])), draw(st.sampled_from(["name", "description"]))
    fits = lambda row: row[name] is not None and like(pattern, row[name], fold=operator == "ilike")  # noqa: E731
    return (name, f"{operator}:{pattern}"), fits


@st.composite
def parts(draw):
    """A text inside a document."""
    operator, value = draw(st.sampled_from(["eq", "ne", "gt", "lt"])), draw(st.sampled_from(["red", "Red", "it's ü"]))

    def fits(row):
        colour = row["attributes"].get("colour")
        return isinstance(colour, str) and COMPARE[operator](colour.encode(), value.encode())

    return ("attributes.colour", f"{operator}:{value}"), fits


@st.composite
def scalars(draw):
    """A value of some type inside a document."""
    value = draw(st.sampled_from(["1", "2.5", '"1"', "true", "false", None]))
    if value is None:
        return ("attributes.size", "is:null"), lambda row: row["attributes"].get("size") is None
    wanted = json.loads(value)
    types = {int, float} if value[0] in "12" else {type(wanted)}

    def fits(row):
        size = row["attributes"].get("size")
        return type(size) in types and size == wanted

    return ("attributes.size", f"eq:{value}"), fits


@st.composite
def tagged(draw):
    """An array that has some members."""
    wanted = draw(st.lists(st.sampled_from(TAGS), min_size=1, max_size=2))
    told = ",".join(tag.replace("\\", "\\\\").replace(",", "\\,") for tag in wanted)
    return ("tags", f"contains:{told}"), lambda row: set(wanted) <= set(row["tags"])


CONDITIONS = st.one_of(
    comparisons(), memberships(), ranges(), labels(), nulls(), patterns(), parts(), scalars(), tagged()
)
"""A condition as a parameter, and the same in Python."""
