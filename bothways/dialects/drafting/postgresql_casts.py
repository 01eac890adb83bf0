"""From one type to another: the expression that converts a value, and what a value loses on the way."""

from __future__ import annotations

import re

STRINGS = frozenset({"text", "varchar", "char", "citext", "name", "bpchar"})
WHOLE = ("smallint", "integer", "bigint")
NUMBERS = frozenset({*WHOLE, "numeric", "real", "double precision"})
_MOMENTS = frozenset({"date", "timestamp", "timestamptz"})
_ASSIGNED = frozenset(
    {("timestamp", "time"), ("timestamptz", "time"), ("timestamptz", "timetz"), ("time", "interval"),
     ("interval", "time"), ("time", "timetz"), ("timetz", "time"), ("json", "jsonb"), ("jsonb", "json"),
     ("bit", "bit varying"), ("bit varying", "bit"), ("inet", "cidr"), ("cidr", "inet"), ("macaddr", "macaddr8"),
     ("macaddr8", "macaddr"), ("numeric", "money"), ("money", "numeric")}
)  # fmt: skip
_SIZED = re.compile(r"\(([\d, -]+)\)")
_JSON = frozenset({"json", "jsonb"})
_LONGEST = {"char": 1, "smallint": 6, "integer": 11, "bigint": 20, "boolean": 5, "uuid": 36}
_ENDLESS = 10**9
_DIGITS = {"smallint": 5, "integer": 10, "bigint": 19, "real": 39, "double precision": 309}
"""Of the largest number, before the point."""


def base(kind: str) -> str:
    """A type without length and brackets: ``varchar(20)[]`` is ``varchar``."""
    return _SIZED.sub("", kind).replace("[]", "").strip()


def size(kind: str) -> tuple[int, ...]:
    """The numbers in a type's parentheses."""
    found = _SIZED.search(kind)
    return tuple(int(part) for part in found[1].split(",")) if found else ()


def is_list(kind: str) -> bool:
    """Whether a type is that of arrays."""
    return "[]" in kind


def _member(kind: str) -> str:
    return kind.replace("[]", "")


def _as_list(old: str, new: str) -> bool:
    """Whether all of a list becomes a list of JSON, or the other way; else only one member is converted."""
    return (base(old) in _JSON) != (base(new) in _JSON) and (base(old) if is_list(new) else base(new)) in _JSON


def cut(old: str, new: str) -> int:
    """How many characters of a text stay where it becomes a shorter one; 0 where each has room."""
    strings = {base(old), base(new)} <= STRINGS and not is_list(old + new)
    return _longest(new) if strings and _longest(old) > _longest(new) else 0


def _longest(kind: str) -> int:
    return size(kind)[0] if base(kind) in STRINGS and size(kind) else _LONGEST.get(kind, _ENDLESS)


def conversion(column: str, old: str, new: str, declared: str, *, required: bool = False) -> str:
    """The USING expression; nothing where the server converts by itself, and refuses what does not fit.

    ``old`` and ``new`` are types without domains, ``declared`` is the new one as the column has it. ``required``: it
    must have a value afterwards.
    """
    if is_list(old) != is_list(new):
        return _of_list(column, old, new, declared, required)
    before, after = base(old), base(new)
    if not is_list(old) and "bytea" in {before, after} and before != after:
        return _of_bytes(column, before, after, declared)
    same = before == after or {before, after} <= NUMBERS or {before, after} <= _MOMENTS
    if same or after in STRINGS or (before, after) in _ASSIGNED:
        return ""
    if before in STRINGS:
        return f"{column}::{declared}"
    found = "" if is_list(old) else _of_number(column, before, after, declared)
    return found or f"{column}::text{'[]' * old.count('[]')}::{declared}"


def _of_number(column: str, before: str, after: str, declared: str) -> str:
    """From a number to what is none, or the other way; nothing where there is no way of its own."""
    if before == "boolean" and after in NUMBERS:
        return f"{column}::integer" if after == "integer" else f"{column}::integer::{declared}"
    if before in NUMBERS and after == "boolean":
        return f"{column} <> 0"
    if before in WHOLE and after == "interval":
        return f"make_interval(secs => {column})"
    if before == "interval" and after in NUMBERS:
        return f"extract(epoch FROM {column})::{declared}"
    return ""


def _of_bytes(column: str, before: str, after: str, declared: str) -> str:
    """Bytes are those of a text: by a cast they would be its notation, with backslashes or in hexadecimal."""
    if before == "bytea":
        found = f"convert_from({column}, 'UTF8')"
        return found if after in STRINGS else f"{found}::{declared}"
    return f"convert_to({column}{'' if before in STRINGS else '::text'}, 'UTF8')"


def _of_list(column: str, old: str, new: str, declared: str, required: bool) -> str:
    """To the first member of a list, or to a list of one; no value is that of an empty list."""
    if is_list(old):
        if _as_list(old, new):
            return f"to_{base(new)}({column})"
        first = f"{column}[1]"
        return conversion(first, _member(old), new, declared) or first
    if _as_list(old, new):
        # USING takes no subquery. Any row type with a list of texts makes one of JSON, so the catalog's own does too.
        texts = f"(jsonb_populate_record(NULL::pg_class, jsonb_build_object('reloptions', {column}))).reloptions"
        return texts if declared == "text[]" else f"{texts}::{declared}"
    only = conversion(column, old, _member(new), _member(declared)) or column
    otherwise = " ELSE '{}'" if required else ""
    return f"CASE WHEN {column} IS NOT NULL THEN ARRAY[{only}]{otherwise} END"


def refused(old: str, new: str, *, required: bool = False) -> str:
    """What a row may have that is refused between these types: ``more than 3 characters``; nothing where all is taken.

    ``required``: the column must have a value afterwards.
    """
    if is_list(old) != is_list(new) and _as_list(old, new):
        return "" if is_list(old) else f"what is no list of {base(new)}"
    if is_list(old) and not is_list(new):
        return refused(_member(old), new) or ("no first member" if required else "")
    before, after = base(old), base(new)
    if before == "bytea" != after and not is_list(old):
        return "bytes that are no text" if after in STRINGS else f"bytes that spell no {after}"
    old, new = _member(old), _member(new)
    if after in STRINGS:
        return f"more than {_longest(new)} characters" if _longest(old) > _longest(new) else ""
    if before in NUMBERS and after in NUMBERS:
        return "" if _has_room(old, new) else f"a number that {new} has no room for"
    return f"a value that spells no {after}" if _spelled(old, new) else ""


def _spelled(old: str, new: str) -> bool:
    """Whether a value is converted by way of its text, which may not be one of the other type."""
    before, after = base(old), base(new)
    if after in _JSON and before in NUMBERS | {"boolean"}:
        return False
    using = conversion("x", old, new, new)
    return using.startswith("x::" if before in STRINGS else "x::text")


def _has_room(old: str, new: str) -> bool:
    """Whether all numbers of one type have at most as many digits before the point as the other one has."""
    had, has = size(old), size(new)
    if not had and not has:
        return _DIGITS.get(old, _ENDLESS) <= _DIGITS.get(new, _ENDLESS)
    scale, kept = (had[1:] or (0,))[0], (has[1:] or (0,))[0] if has or new in WHOLE else _ENDLESS
    # Where a number is rounded, 9.9 becomes 10.
    digits = had[0] - scale + (scale > kept) if had else _DIGITS.get(old, _ENDLESS)
    return digits <= (has[0] - kept if has else _DIGITS.get(new, _ENDLESS) - 1)


def lost(old: str, new: str) -> str:
    """What a value may lose between these types, in a sentence; nothing where all comes back or is refused."""
    before, after = base(old), base(new)
    if is_list(old) != is_list(new):
        if _as_list(old, new):
            return "" if is_list(old) else "Of a list's members only stay their texts"
        return "All members of a list but the first" if is_list(old) else lost(old, _member(new))
    if {before, after} & STRINGS and "bytea" in {before, after} and not is_list(old):
        return ""
    if before in NUMBERS and after in NUMBERS:
        return _digits_lost(before, after, size(old), size(new))
    if before in NUMBERS and after == "boolean":
        return "Of a number only stays whether it is zero"
    if before == "interval" and after in NUMBERS:
        return "Of a duration only stays how many seconds it is"
    if before in STRINGS and after not in STRINGS:
        return "" if after == "json" else f"How a value is spelled, since {after} has one spelling for it"
    if before in STRINGS - {"char"} and after in {"char", "name"}:
        return "Blanks at the end of a value"
    if before == "json" and after != "json" and after not in STRINGS:
        return "Blanks, the order of keys and doubled keys of a value"
    return _of_moment(before, after, size(old), size(new))


def _digits_lost(before: str, after: str, old: tuple[int, ...], new: tuple[int, ...]) -> str:
    digits = {"real": 6, "double precision": 15}
    if before in WHOLE:
        room = digits.get(after, 99)
        return "Digits of large numbers" if room < {"smallint": 5, "integer": 10, "bigint": 19}[before] else ""
    if after in WHOLE:
        return "The digits behind the point"
    if after in digits:
        return "" if before in {"real", after} else "Digits of a number"
    scale = new[1] if len(new) > 1 else (0 if new else None)
    had = old[1] if len(old) > 1 else (0 if old else None)
    return "Digits behind the point" if scale is not None and (had is None or scale < had) else ""


def _of_moment(before: str, after: str, old: tuple[int, ...], new: tuple[int, ...]) -> str:
    if before in {"timestamp", "timestamptz"} and after in {"date", "time", "timetz"}:
        return "The day of a moment" if after.startswith("time") else "The time of day"
    if before == after or {before, after} <= {"timestamp", "timestamptz"}:
        clocks = {"timestamp", "timestamptz", "time", "timetz"}
        if before in clocks and new and new[0] < (old[0] if old else 6):
            return "Fractions of a second"
    return ""


def rewrites(old: str, new: str) -> bool:
    """Whether the server writes all rows anew: not where only a length grows."""
    before, after = base(old), base(new)
    if is_list(old) != is_list(new):
        return True
    if before in {"varchar", "text"} and after in {"varchar", "text"}:
        return bool(size(new)) and (not size(old) or size(new) < size(old))
    if before == after == "numeric":
        had, has = size(old), size(new)
        return bool(has) and (not had or has[1:] != had[1:] or has[0] < had[0])
    return True
