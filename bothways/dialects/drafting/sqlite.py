"""Drafts of revisions for SQLite: its own ALTER TABLE where that says it exactly, else a table made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exc

from bothways.code import Code, call, sql
from bothways.dialects.asking import ask
from bothways.dialects.drafting.sqlite_changes import Changes
from bothways.dialects.drafting.sqlite_tables import catalog
from bothways.dialects.drafting.sqlite_texts import quoted
from bothways.operations import Draft, Step
from bothways.snapshot import key_name, parts_of, split_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import sqlalchemy as sa

    from bothways.operations import Hints, State
    from bothways.snapshot import Snapshot


class SQLiteDrafter:
    """Drafts for SQLite."""

    def sources(
        self, connection: sa.Connection, snapshot: Snapshot, keys: Collection[str], written: Mapping[str, str]
    ) -> Mapping[str, str]:
        """The texts in ``sqlite_master`` of all objects: what is altered takes others with it.

        ``reserved:name`` is a table of Bothways' own, and with ``key/broken`` goes what a view or a trigger lacks.
        """
        found = {}
        rows = ask(connection, "select type, name, tbl_name, sql from sqlite_master where sql is not null")
        for kind, name, table, text in rows:
            key = f"{kind}:{key_name(name) if kind in {'table', 'view'} else key_name(table, name)}"
            if kind == "table" and name.lower().startswith("bothways_"):
                found[f"reserved:{name}"] = text
            elif key in snapshot.objects:
                found[key] = text
        return found | _broken(connection, found)

    def draft(self, before: State, after: State, hints: Hints) -> tuple[Draft, ...]:
        """One revision: SQLite's DDL is transactional, and nobody else writes meanwhile."""
        steps = Changes(catalog(before), catalog(after), hints).steps()
        return (Draft(tuple(steps)),) if steps else ()

    def renaming(self, state: State, key: str, name: str) -> Step:
        """Rename a table or a column.

        SQLite renames nothing else: a constraint goes with a table made anew, an index or a view is made again, so
        such a step is empty, and the draft that follows does it without a loss.
        """
        kind, _, old = key.partition(":")
        parts = parts_of(old)
        if kind == "table":
            return Step(f"rename {old} to {name}", _table(parts[0], name), _table(name, parts[0]))
        if kind == "column":
            table, column = parts
            up, down = _column(table, column, name), _column(table, name, column)
            return Step(f"rename {old} to {name}", (up,), (down,))
        return Step(f"rename {kind} {old} to {name}", (), ())


def _broken(connection: sa.Connection, found: Mapping[str, str]) -> dict[str, str]:
    """What SQLite says of views and triggers that name something that isn't there, in a trial that is rolled back."""
    suspects = [key for key in found if key.startswith(("view:", "trigger:"))]
    broken: dict[str, str] = {}
    if not suspects:
        return broken
    with connection.begin_nested() as trial:
        connection.exec_driver_sql("CREATE TABLE bothways_trial (x)")
        while (said := _refusal(connection)) is not None:
            guilty = next((k for k in suspects if k not in broken and said.startswith(f"error in {_title(k)}: ")), None)
            if guilty is None:
                break
            broken[guilty] = said
            kind, _, name = _title(guilty).partition(" ")
            connection.exec_driver_sql(f"DROP {kind} {quoted(name)}")
        trial.rollback()
    return {f"{key}/broken": said for key, said in broken.items()}


def _refusal(connection: sa.Connection) -> str | None:
    try:
        connection.exec_driver_sql("ALTER TABLE bothways_trial RENAME TO bothways_tried")
    except exc.OperationalError as error:
        return str(error.orig)
    return None


def _title(key: str) -> str:
    """What messages call a view or a trigger."""
    kind, _, name = key.partition(":")
    return f"{kind} {parts_of(name)[0] if kind == 'view' else split_name(name)[1]}"


def _table(old: str, new: str) -> tuple[Code, ...]:
    if old.lower() != new.lower():
        return (call("op.rename_table", old, new),)
    # To SQLite it is the same name.
    between = f"bothways_new_{new}"
    return (call("op.rename_table", old, between), call("op.rename_table", between, new))


def _column(table: str, old: str, new: str) -> Code:
    return sql(f"ALTER TABLE {quoted(table)} RENAME COLUMN {quoted(old)} TO {quoted(new)}")
