"""A part of a PostgreSQL database: everything that belongs to some of its relations, in one round trip.

The catalog's own queries, restricted to those relations, and the digests of their rows run in one function of the
session's temporary schema, which no snapshot sees: its plans are made once, and its own settings pin how the server
prints. Measured: planning these queries costs several times what running them does.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bothways.dialects.asyncpg_simple import prepared
from bothways.dialects.postgresql_catalog import PINNED, QUERIES, value
from bothways.dialects.postgresql_names import named, qualified

if TYPE_CHECKING:
    from collections.abc import Collection

    import sqlalchemy as sa

    from bothways.snapshot import Objects, Value

_WANTED = "any(bw_wanted)"
_RELATION = f"c.oid = {_WANTED}"
_RESTRICTED = {
    "table": _RELATION,
    "column": _RELATION,
    "constraint": _RELATION,
    "index": f"tc.oid = {_WANTED}",
    "sequence": "c.oid = any(bw_sequences)",
    "view": _RELATION,
    "trigger": _RELATION,
    "rule": _RELATION,
    "policy": _RELATION,
    "statistics": f"s.stxrelid = {_WANTED}",
}
"""For each kind that belongs to relations, the condition that restricts its query to some of them."""

_PLANS = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
_READY = "bothways_part"
_FUNCTION = "pg_temp.bothways_part"


def install(connection: sa.Connection) -> None:
    """Make the function; the caller commits. Raises the server's error where the role may not make it."""
    # Otherwise the server would plan for each list of relations anew.
    settings = " ".join(f"set {name} to '{text}'" for name, text in {**PINNED, **_PLANS}.items())
    each = {
        kind: f"return query select '{kind}', q.name::text, to_jsonb(q) - 'name' from "
        f"({QUERIES[kind]} and {condition}) q;"
        for kind, condition in _RESTRICTED.items()
    }
    sequences = each.pop("sequence")
    others = "\n".join(each.values())
    body = f"""
declare
  bw_wanted oid[] := array(select r.oid from (select to_regclass(x)::oid as oid from unnest(bw_names) x) r
                            where r.oid is not null);
  bw_sequences oid[] := array(
    select d.objid from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'S'
     where d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = {_WANTED}
       and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')
    union select c.oid from pg_class c where c.oid = {_WANTED} and c.relkind = 'S');
  bw_one record;
  bw_columns text[];
  bw_found jsonb;
begin
{others}
if cardinality(bw_sequences) > 0 then
{sequences}
end if;
for bw_one in select c.oid, c.oid::regclass::text as called,
                     {named("c.relname")} as named
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where c.oid = {_WANTED} and c.relkind = 'r' loop
  select array_agg(a.attname::text order by a.attname::text collate "C") into bw_columns
    from pg_attribute a where a.attrelid = bw_one.oid and a.attnum > 0 and not a.attisdropped;
  if pg_relation_size(bw_one.oid) = 0 then
    bw_found := jsonb_build_object('count', 0) || jsonb_object(
      array['rows'] || array(select 'column ' || x from unnest(bw_columns) u(x)),
      array_fill(null::text, array[1 + coalesce(cardinality(bw_columns), 0)]));
    return query select 'rows', bw_one.named, bw_found;
    continue;
  end if;
  execute (select 'select jsonb_build_object(''count'', count(*)) || jsonb_object($1, array['
             || 'sum(hashtextextended(' || coalesce('array_to_string(array[' || string_agg(format(
                'coalesce(t.%I::text, chr(1) || ''null'')', x), ', ' order by i) || '], chr(2))', '''''')
             || ', 0)::numeric)::text' || coalesce(', ' || string_agg(format(
                'sum(hashtextextended(coalesce(t.%I::text, chr(1) || ''null''), 0)::numeric)::text', x), ', '
                order by i), '')
             || ']::text[]) from only ' || bw_one.called || ' t'
             from unnest(bw_columns) with ordinality u(x, i))
     using array['rows'] || array(select 'column ' || x from unnest(bw_columns) with ordinality u(x, i) order by i)
     into bw_found;
  return query select 'rows', bw_one.named, bw_found;
end loop;
for bw_one in select c.oid::regclass::text as called,
                     {named("c.relname")} as named
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where c.oid = any(bw_sequences) loop
  execute 'select jsonb_build_object(''position'', last_value || '
          'case when is_called then '''' else '' (not used)'' end) from ' || bw_one.called into bw_found;
  return query select 'rows', bw_one.named, bw_found;
end loop;
end"""
    connection.exec_driver_sql(
        f"create or replace function {_FUNCTION}(bw_names text[]) "
        f"returns table(bw_kind text, bw_name text, bw_facts jsonb) language plpgsql {settings} "
        f"as $bothways$\n#variable_conflict use_column{body} $bothways$",
        execution_options={"no_parameters": True},
    )


def read(connection: sa.Connection, names: Collection[str]) -> Objects:
    """What belongs to these relations now, with the digests of their rows; nothing for those that are gone."""
    rows = _call(connection, [qualified(name) for name in sorted(names)])
    objects: dict[str, dict[str, Value]] = {}
    for kind, name, found in rows:
        facts = json.loads(found) if isinstance(found, str) else found
        keep = kind == "rows"
        objects[f"{kind}:{name}"] = {
            fact: None if text is None else value(text) for fact, text in facts.items() if keep or text is not None
        }
    return objects


def _call(connection: sa.Connection, names: list[str]) -> list[Any]:
    if _READY not in connection.info:
        # Kept with the driver's connection: where that is gone the function is gone too.
        connection.info[_READY] = prepared(connection, f"select * from {_FUNCTION}($1)")
    ready = connection.info[_READY]
    if ready is not None:
        return list(ready(names))
    listed = ", ".join("'" + name.replace("'", "''") + "'" for name in names)
    statement = f"select * from {_FUNCTION}(array[{listed}]::text[])"
    return list(connection.exec_driver_sql(statement, execution_options={"no_parameters": True}).all())
