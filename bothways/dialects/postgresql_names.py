"""Names of PostgreSQL's objects: as keys of a snapshot have them, made in the server, and as statements write them."""

from __future__ import annotations

from bothways.snapshot import QUOTED_FOR, parts_of


def named(*names: str) -> str:
    """The expression of an object's name in its key, as ``key_name`` makes it, without the schema ``public``."""
    schema = "case when n.nspname = 'public' then '' else {} || '.' end"
    plain = " || '.' || ".join(names)
    quoted = " || '.' || ".join(map(_part, names))
    # One look at all parts, since this is done for each row after each step.
    return f"""case when {_is_plain(" || ".join(("n.nspname", *names)))} then {schema.format("n.nspname")} || {plain}
                    else {schema.format(_part("n.nspname"))} || {quoted} end"""


def _part(name: str) -> str:
    return f"""(case when {_is_plain(name)} then {name}::text else '"' || replace({name}, '"', '""') || '"' end)"""


def _is_plain(name: str) -> str:
    return f"translate({name}, '{QUOTED_FOR}', '') = {name}"


def qualified(name: str) -> str:
    """A relation's name, quoted and with its schema."""
    *schema, relation = parts_of(name)
    return f"{quoted(schema[0] if schema else 'public')}.{quoted(relation)}"


def quoted(name: str) -> str:
    """A name in double quotes."""
    return '"' + name.replace('"', '""') + '"'
