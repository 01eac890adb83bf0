"""What changes a column that stays: its type, default, identity, nullability, comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.code import Code, call, sql
from bothways.dialects.drafting import postgresql_casts as casts
from bothways.dialects.drafting import postgresql_columns as columns
from bothways.dialects.drafting import postgresql_counters as counters
from bothways.dialects.drafting import postgresql_kept as kept
from bothways.dialects.drafting.postgresql_parts import Part
from bothways.dialects.drafting.postgresql_side import Side, comment_on
from bothways.dialects.drafting.postgresql_words import ident, own, shortened, words
from bothways.operations import Step
from bothways.snapshot import parts_of

if TYPE_CHECKING:
    from bothways.operations import Hints


def parts(old: Side, new: Side, key: str, hints: Hints, retyped: bool) -> list[Part] | None:
    """The parts that change a column; None where it must be dropped and added. ``retyped``: with its enum, already."""
    if columns.changed(old, new, key, ("generated",)) or _expression_changed(old, new, key):
        return None
    first = [*_type(old, new, key, hints), *([] if retyped else _default(old, new, key, hints))]
    order = [first, _nullability(old, new, key, hints), counters.identity(old, new, key)]
    if not new.fact(key, "identity"):
        order.reverse()
    found = [part for group in order for part in group]
    if columns.changed(old, new, key, ("comment",)):
        step = Step(f"comment {_named(key)}", (comment(new, key),), (comment(old, key),))
        found.append(Part(step))
    return found


def _named(key: str) -> str:
    return key.partition(":")[2]


def _expression_changed(old: Side, new: Side, key: str) -> bool:
    return bool(new.facts(key).get("generated")) and columns.changed(old, new, key, ("default",))


def comment(side: Side, key: str) -> Code:
    """The comment of a column, or that it has none."""
    return sql(comment_on(f"COLUMN {words(_named(key))}", side.fact(key, "comment")))


def type_changes(old: Side, new: Side, key: str) -> bool:
    """Whether a column's values are converted."""
    return columns.changed(old, new, key, ("type", "collation"))


def _type(old: Side, new: Side, key: str, hints: Hints) -> list[Part]:
    if not type_changes(old, new, key):
        return []
    before, after = columns.plain(old, key), columns.plain(new, key)
    reason = casts.lost(before, after) or casts.lost(after, before)
    says = f"change the type of {_named(key)} to {new.source(key, 'type')}"
    save, back = _kept(old, new, key, hints, "")
    later, given = _kept(new, old, key, hints, "new")
    up = (*save, _retyped(old, new, key, cut=bool(save)), *given, *counters.after_rows(old, new, key))
    down = (*later, _retyped(new, old, key, cut=bool(later)), *back)
    down = (*down, *counters.after_rows(new, old, key, kept=hints.keep_data))
    known = not reason or ((save or not casts.lost(before, after)) and (later or not casts.lost(after, before)))
    cautions = _cautions(old, new, key, (bool(save), bool(later)))
    return [Part(Step(says, up, down, {} if known else {_named(key): reason}, cautions))]


def _cautions(old: Side, new: Side, key: str, cut: tuple[bool, bool]) -> tuple[str, ...]:
    """What another type of a column blocks, and which rows are in its way there and back; not those that are cut."""
    table, name = _table(key), own(key)
    before, after = columns.plain(old, key), columns.plain(new, key)
    found = []
    if casts.rewrites(before, after):
        found.append(f"Writing {table} anew with the new type of {name} blocks all access to it meanwhile.")
    there = casts.refused(before, after, required=bool(new.facts(key).get("not_null")))
    back = casts.refused(after, before, required=bool(old.facts(key).get("not_null")))
    if there and not (cut[0] and casts.cut(before, after)):
        found.append(f"It is refused where a row of {table} has {there} in {name}.")
    if back and not (cut[1] and casts.cut(after, before)):
        found.append(f"Its way back is refused where a row of {table} has {back} in {name}.")
    return tuple(found)


def _kept(old: Side, new: Side, key: str, hints: Hints, which: str) -> kept.Kept:
    """What keeps the values that a conversion changes."""
    if not hints.keep_data or old.fact(key, "generated") or new.fact(key, "generated"):
        return kept.NOTHING
    before, after = columns.plain(old, key), columns.plain(new, key)
    if not (casts.lost(before, after) or casts.cut(before, after)):
        return kept.NOTHING
    return kept.converted(old, new, key, which)


def _table(key: str) -> str:
    return columns.table_of(key)


def _retyped(old: Side, new: Side, key: str, *, cut: bool) -> Code:
    """ALTER COLUMN TYPE; ``cut``: a text that is too long is kept, so that it can be cut."""
    name = ident(own(key))
    before, after = columns.plain(old, key), columns.plain(new, key)
    required = bool(new.facts(key).get("not_null"))
    using = casts.conversion(name, before, after, new.source(key, "type"), required=required)
    if cut and casts.cut(before, after):
        using = f"left({name}, {casts.cut(before, after)})"
    collation = new.source(key, "collation")
    kind = new.source(key, "type") + (f" COLLATE {collation}" if collation else "")
    actions = [f"ALTER COLUMN {name} TYPE {kind}" + (f" USING {using}" if using else "")]
    if not new.facts(key).get("generated") and _default_is_reset(old, new, key):
        if old.facts(key).get("default") is not None:
            actions.insert(0, f"ALTER COLUMN {name} DROP DEFAULT")
        if new.facts(key).get("default") is not None:
            actions.append(f"ALTER COLUMN {name} SET DEFAULT {new.source(key, 'default')}")
    return columns.alter(_table(key), *actions)


def _default_is_reset(old: Side, new: Side, key: str) -> bool:
    before, after = columns.plain(old, key), columns.plain(new, key)
    both = {casts.base(before), casts.base(after)}
    same = len(both) == 1 and casts.is_list(before) == casts.is_list(after)
    near = same or both <= set(casts.WHOLE)
    return columns.changed(old, new, key, ("default",)) or not near


def _default(old: Side, new: Side, key: str, hints: Hints) -> list[Part]:
    if type_changes(old, new, key) or not columns.changed(old, new, key, ("default",)):
        return []
    if counters.moves(old, new, key):
        return []
    up = (default(new, key), *counters.after_rows(old, new, key))
    down = (default(old, key), *counters.after_rows(new, old, key, kept=hints.keep_data))
    return [Part(Step(f"change the default of {_named(key)}", up, down))]


def default(side: Side, key: str) -> Code:
    """Give a column the default that it has on this side, or take it away."""
    name = ident(own(key))
    if side.facts(key).get("default") is None:
        return columns.alter(_table(key), f"ALTER COLUMN {name} DROP DEFAULT")
    return columns.alter(_table(key), f"ALTER COLUMN {name} SET DEFAULT {side.source(key, 'default')}")


def _nullability(old: Side, new: Side, key: str, hints: Hints) -> list[Part]:
    if not columns.changed(old, new, key, ("not_null",)):
        return []
    must = bool(new.facts(key).get("not_null"))
    filled, emptied = _backfill(old, new, key, hints) if must else kept.NOTHING
    lossy = {_named(key): "Rows without a value get one, and nothing says later which"}
    lossy = lossy if filled and not emptied else {}
    if must and not hints.offline and not new.fact(key, "identity") and not _in_key(new, key):
        return required(key, (filled, emptied), lossy)
    says = f"{'require' if must else 'allow no value for'} {_named(key)}"
    cautions = (f"It is refused where a row of {_table(key)} has no {own(key)}.",) if must and not filled else ()
    step = Step(says, (*filled, nullable(key, not must)), (nullable(key, must), *emptied), lossy, cautions)
    return [Part(step)]


def _in_key(side: Side, key: str) -> bool:
    return ident(own(key)) in side.key_columns(_table(key))


def _backfill(old: Side, new: Side, key: str, hints: Hints) -> kept.Kept:
    """What gives a value to rows without one, and what takes it from them again."""
    expression = hints.backfill.get(key)
    if not expression:
        return kept.NOTHING
    name, keys = ident(own(key)), kept.keys_of(old, new, _table(key))
    fill = sql(f"UPDATE {words(_table(key))} SET {name} = {expression} WHERE {name} IS NULL")
    if not hints.keep_data or not keys:
        return (fill,), ()
    save, back = kept.filled(new, key, expression, keys)
    return (*save, fill), back


def required(key: str, filled: kept.Kept, lossy: dict[str, str]) -> list[Part]:
    """NOT NULL without a long lock: a CHECK for new rows, later proved for the old ones, then the real thing."""
    table, name = _table(key), ident(own(key))
    check = ident(shortened(f"ck_{parts_of(table)[-1]}_{own(key)}_given"))
    add = columns.alter(table, f"ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID")
    drop = columns.alter(table, f"DROP CONSTRAINT {check}")
    first = Step(f"require {_named(key)} of new rows", (add, *filled[0]), (drop, *filled[1]), lossy)
    validate = columns.alter(table, f"VALIDATE CONSTRAINT {check}")
    caution = f"It is refused where a row of {table} has no {own(key)}."
    then = Step(
        f"require {_named(key)}", (validate, nullable(key, False), drop), (add, nullable(key, True)), {}, (caution,)
    )
    return [Part(first), Part(then, "later")]


def nullable(key: str, allowed: bool) -> Code:
    """Allow a column to have no value, or forbid it."""
    table = _table(key)
    return call("op.alter_column", columns.bare(table), own(key), nullable=allowed, **columns.at(table))
