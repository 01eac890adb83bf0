"""Which object needs which, by the server's own record of it, in the names of a snapshot."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bothways.dialects.postgresql_names import named
from bothways.snapshot import split_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from bothways.snapshot import Snapshot

_USER = "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"
_MEMBER = "join pg_class c on c.oid = {} join pg_namespace n on n.oid = c.relnamespace"


def _class(name: str) -> str:
    return f"'pg_catalog.{name}'::pg_catalog.regclass::oid"


# (class, object, part) as pg_depend has them, and the key of the object that this is or belongs to.
_OBJECTS = f"""
    select {_class("pg_class")} as class, c.oid as object, null::int as part,
           case when c.relkind in ('v', 'm') then 'view:' when c.relkind = 'S' then 'sequence:' else 'table:' end
           || {named("c.relname")} as key
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where {_USER} and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S')
    union all
    select {_class("pg_class")}, a.attrelid, a.attnum, 'column:' || {named("c.relname", "a.attname")}
      from pg_attribute a {_MEMBER.format("a.attrelid")}
     where {_USER} and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'f')
    union all
    select {_class("pg_class")}, i.indexrelid, null, case when exists (select from pg_constraint k
             where k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x'))
           then 'constraint:' else 'index:' end || {named("tc.relname", "c.relname")}
      from pg_index i {_MEMBER.format("i.indexrelid")} join pg_class tc on tc.oid = i.indrelid where {_USER}
    union all
    select {_class("pg_constraint")}, k.oid, null, 'constraint:' || {named("c.relname", "k.conname")}
      from pg_constraint k {_MEMBER.format("k.conrelid")} where {_USER}
    union all
    select {_class("pg_attrdef")}, d.oid, null, 'column:' || {named("c.relname", "a.attname")}
      from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
           {_MEMBER.format("d.adrelid")} where {_USER}
    union all
    select {_class("pg_rewrite")}, r.oid, null, case when r.rulename = '_RETURN' then 'view:' || {named("c.relname")}
           else 'rule:' || {named("c.relname", "r.rulename")} end
      from pg_rewrite r {_MEMBER.format("r.ev_class")} where {_USER}
    union all
    select {_class("pg_trigger")}, t.oid, null, 'trigger:' || {named("c.relname", "t.tgname")}
      from pg_trigger t {_MEMBER.format("t.tgrelid")} where {_USER} and not t.tgisinternal
    union all
    select {_class("pg_policy")}, p.oid, null, 'policy:' || {named("c.relname", "p.polname")}
      from pg_policy p {_MEMBER.format("p.polrelid")} where {_USER}
    union all
    select {_class("pg_statistic_ext")}, s.oid, null, 'statistics:' || {named("s.stxname")}
      from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where {_USER}
    union all
    select {_class("pg_proc")}, p.oid, null,
           'routine:' || {named("p.proname")} || '(' || pg_get_function_identity_arguments(p.oid) || ')'
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {_USER}
    union all
    select {_class("pg_collation")}, c.oid, null, 'collation:' || {named("c.collname")}
      from pg_collation c join pg_namespace n on n.oid = c.collnamespace where {_USER}
    union all
    select {_class("pg_namespace")}, n.oid, null, 'schema:' || n.nspname from pg_namespace n
     where {_USER} and n.nspname <> 'public'
    union all
    select x.classid, x.objid, null, 'extension:' || e.extname
      from pg_depend x join pg_extension e on e.oid = x.refobjid where x.deptype = 'e'
       and x.refclassid = {_class("pg_extension")}
"""
_TYPES = f"""
    select t.oid, case when c.relkind in ('v', 'm') then 'view:' || {named("c.relname")}
                       when c.relkind in ('r', 'p', 'f') then 'table:' || {named("c.relname")}
                       else 'type:' || {named("t.typname")} end as key
      from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
     where {_USER} and (t.typtype <> 'b' or t.typcategory <> 'A')
       and t.oid not in (select d.objid from pg_depend d
                          where d.classid = {_class("pg_type")} and d.deptype = 'e')
"""
OBJECTS = f"""
    with types as ({_TYPES}) {_OBJECTS}
    union all select {_class("pg_type")}, oid, null, key from types
    union all select {_class("pg_type")}, a.oid, null, t.key from types t join pg_type a on a.typelem = t.oid
     where a.typcategory = 'A'
    union all select {_class("pg_type")}, (to_jsonb(r) ->> 'rngmultitypid')::oid, null, t.key
      from types t join pg_range r on r.rngtypid = t.oid where to_jsonb(r) ->> 'rngmultitypid' is not null
    union all select {_class("pg_class")}, y.typrelid, null, t.key
      from types t join pg_type y on y.oid = t.oid join pg_class c on c.oid = y.typrelid and c.relkind = 'c'
    union all select {_class("pg_constraint")}, k.oid, null, t.key
      from types t join pg_constraint k on k.contypid = t.oid
"""
"""Everything that may depend or be depended upon: class, object, part (none for the whole), key."""
PAIRS = """
    select classid::oid, objid, objsubid, refclassid::oid, refobjid, refobjsubid from pg_depend
    where deptype <> 'e' and objid >= 16384 and refobjid >= 16384
"""
_OF_TABLE = frozenset({"column", "constraint", "index", "trigger", "rule", "policy"})


def read(connection: sa.Connection, snapshot: Snapshot) -> Mapping[str, frozenset[str]]:
    """What each object of a snapshot needs directly."""
    keys = {(c, o, p): key for c, o, p, key in connection.exec_driver_sql(OBJECTS).all() if key in snapshot.objects}

    def key_of(kind: int, oid: int, part: int) -> str:
        return keys.get((kind, oid, part)) or keys.get((kind, oid, None)) or ""

    found: dict[str, set[str]] = defaultdict(set)
    for row in connection.exec_driver_sql(PAIRS).all():
        key, needed = key_of(*row[:3]), key_of(*row[3:])
        if key and needed:
            found[key].add(needed)
    for key in snapshot.objects:
        kind, _, name = key.partition(":")
        if kind in _OF_TABLE:
            table = split_name(name)[0]
            found[key] |= {k for k in (f"table:{table}", f"view:{table}") if k in snapshot.objects}
    return {key: frozenset(needs - {key}) for key, needs in found.items()}


def closure(keys: frozenset[str], needs: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The keys, and whatever needs them, however indirectly."""
    users: dict[str, set[str]] = defaultdict(set)
    for key, needed in needs.items():
        for other in needed:
            users[other].add(key)
    found, open_keys = set(keys), list(keys)
    while open_keys:
        for user in users.get(open_keys.pop(), ()):
            if user not in found:
                found.add(user)
                open_keys.append(user)
    return frozenset(found)
