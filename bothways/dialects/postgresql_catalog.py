"""Everything that a PostgreSQL database is, read from ``pg_catalog`` by one query a kind of object.

The first column of each query is the object's name, the others are its facts under their column names. The session
settings that change how the server prints expressions are pinned while reading (measured: TimeZone, DateStyle,
IntervalStyle, bytea_output, search_path and quote_all_identifiers change hundreds of facts). Members of extensions
belong to their extension. OIDs, attribute numbers (but not their order) and statistics are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from bothways.snapshot import Objects, Tier, Value

TIERS: Mapping[tuple[str, str], Tier] = {
    ("column", "position"): "order",
    ("type", "position"): "order",
    **{(kind, "owner"): "ownership" for kind in ("schema", "type", "table", "sequence", "view", "routine")},
    **{
        (kind, "privileges"): "ownership"
        for kind in ("schema", "type", "table", "column", "sequence", "view", "routine")
    },
    ("default_privileges", "*"): "ownership",
    ("policy", "*"): "ownership",
    ("table", "tablespace"): "physical",
    ("table", "access_method"): "physical",
    ("table", "options"): "physical",
    ("column", "storage"): "physical",
    ("column", "compression"): "physical",
    ("column", "statistics"): "physical",
    ("column", "options"): "physical",
    ("index", "options"): "physical",
    ("index", "statistics"): "physical",
    ("index", "clustered"): "physical",
    ("rows", "*"): "data",
}

_PINNED = {
    "search_path": "",
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "quote_all_identifiers": "off",
}

# The server's own count of a column's changes, which minor releases like 15.20 keep among the options; it is never the
# same twice, and nobody sets it.
_COLUMN_OPTIONS = "(select array_agg(o order by o) from unnest(a.attoptions) o where o !~ '^pg_attver=')::text"
_USER_SCHEMA = "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'"
_SCHEMA = "case when n.nspname = 'public' then '' else n.nspname || '.' end"


def _not_extension(catalog: str, oid: str) -> str:
    return (
        "not exists (select 1 from pg_catalog.pg_depend x where "
        f"x.classid = 'pg_catalog.{catalog}'::pg_catalog.regclass and x.objid = {oid} and x.deptype = 'e')"
    )


QUERIES: Mapping[str, str] = {
    "schema": f"""
        select n.nspname::text as name, pg_get_userbyid(n.nspowner)::text as owner, n.nspacl::text as privileges,
               obj_description(n.oid, 'pg_namespace') as comment
        from pg_namespace n where {_USER_SCHEMA} and {_not_extension("pg_namespace", "n.oid")}""",
    "extension": """
        select e.extname::text as name, e.extversion::text as version, n.nspname::text as schema
        from pg_extension e join pg_namespace n on n.oid = e.extnamespace""",
    "type": f"""
        select {_SCHEMA} || t.typname as name, t.typtype::text as kind,
               (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e
                 where e.enumtypid = t.oid) as labels,
               case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end as base,
               t.typnotnull as not_null, t.typdefault as default,
               (select array_agg(k.conname || ' ' || pg_get_constraintdef(k.oid)
                        || case when k.convalidated then '' else ' NOT VALID' end order by k.conname)
                  from pg_constraint k where k.contypid = t.oid) as checks,
               (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid) as subtype,
               (select array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) order by a.attnum)
                  from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
                   and t.typtype = 'c') as attributes,
               pg_get_userbyid(t.typowner)::text as owner, t.typacl::text as privileges,
               obj_description(t.oid, 'pg_type') as comment
        from pg_type t join pg_namespace n on n.oid = t.typnamespace
        where {_USER_SCHEMA} and {_not_extension("pg_type", "t.oid")}
          and (t.typtype in ('e', 'd', 'r')
               or t.typtype = 'c' and exists (select 1 from pg_class c
                                           where c.oid = t.typrelid and c.relkind = 'c'))""",
    "table": f"""
        select {_SCHEMA} || c.relname as name, c.relkind::text as kind, c.relpersistence::text as persistence,
               pg_get_userbyid(c.relowner)::text as owner, c.relacl::text as privileges,
               c.reloptions::text as options, c.relreplident::text as replica_identity,
               c.relrowsecurity as row_security, c.relforcerowsecurity as row_security_forced,
               am.amname::text as access_method, ts.spcname::text as tablespace,
               pg_get_partkeydef(c.oid) as partition_key, pg_get_expr(c.relpartbound, c.oid) as partition_bound,
               (select array_agg(i.inhparent::regclass::text order by i.inhseqno) from pg_inherits i
                 where i.inhrelid = c.oid) as parents,
               case when c.reloftype <> 0 then c.reloftype::regtype::text end as of_type,
               obj_description(c.oid, 'pg_class') as comment
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        left join pg_am am on am.oid = c.relam left join pg_tablespace ts on ts.oid = c.reltablespace
        where {_USER_SCHEMA} and c.relkind in ('r', 'p', 'f') and {_not_extension("pg_class", "c.oid")}""",
    "column": f"""
        select {_SCHEMA} || c.relname || '.' || a.attname as name,
               rank() over (partition by c.oid order by a.attnum)::int as position,
               format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
               pg_get_expr(d.adbin, d.adrelid) as default, nullif(a.attidentity::text, '') as identity,
               nullif(a.attgenerated::text, '') as generated,
               case when a.attcollation <> t.typcollation then co.collname::text end as collation,
               a.attstorage::text as storage, nullif(a.attcompression::text, '') as compression,
               a.attstattarget::int as statistics, {_COLUMN_OPTIONS} as options, a.attacl::text as privileges,
               a.attislocal as local, col_description(c.oid, a.attnum) as comment
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_type t on t.oid = a.atttypid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_collation co on co.oid = a.attcollation
        where {_USER_SCHEMA} and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
          and {_not_extension("pg_class", "c.oid")}""",
    "constraint": f"""
        select {_SCHEMA} || c.relname || '.' || k.conname as name, k.contype::text as kind,
               pg_get_constraintdef(k.oid) as definition, k.convalidated as validated,
               k.condeferrable as deferrable, k.condeferred as deferred, k.conislocal as local,
               k.connoinherit as no_inherit, obj_description(k.oid, 'pg_constraint') as comment
        from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
        where {_USER_SCHEMA} and k.contype not in ('t', 'n') and {_not_extension("pg_class", "c.oid")}""",
    "index": f"""
        select {_SCHEMA} || tc.relname || '.' || c.relname as name, pg_get_indexdef(i.indexrelid) as definition,
               i.indisvalid as valid, i.indisready as ready, i.indisclustered as clustered,
               i.indisreplident as replica_identity, i.indisprimary as primary, i.indisunique as unique,
               c.reloptions::text as options,
               (select array_agg(coalesce(a.attstattarget, -1)::text order by a.attnum) from pg_attribute a
                 where a.attrelid = c.oid) as statistics,
               obj_description(c.oid, 'pg_class') as comment
        from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class tc on tc.oid = i.indrelid
        join pg_namespace n on n.oid = c.relnamespace
        where {_USER_SCHEMA} and {_not_extension("pg_class", "tc.oid")}""",
    "sequence": f"""
        select {_SCHEMA} || c.relname as name, format_type(s.seqtypid, null) as type, s.seqstart::text as start,
               s.seqincrement::text as increment, s.seqmin::text as minimum, s.seqmax::text as maximum,
               s.seqcache::text as cache, s.seqcycle as cycle,
               (select d.refobjid::regclass::text || '.' || a.attname || ' ' || d.deptype::text from pg_depend d
                  join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                 where d.objid = c.oid and d.classid = 'pg_catalog.pg_class'::regclass
                   and d.deptype in ('a', 'i')) as owned_by,
               pg_get_userbyid(c.relowner)::text as owner, c.relacl::text as privileges,
               obj_description(c.oid, 'pg_class') as comment
        from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
        where {_USER_SCHEMA} and {_not_extension("pg_class", "c.oid")}""",
    "view": f"""
        select {_SCHEMA} || c.relname as name, c.relkind::text as kind, pg_get_viewdef(c.oid) as definition,
               c.reloptions::text as options, c.relispopulated as populated,
               pg_get_userbyid(c.relowner)::text as owner, c.relacl::text as privileges,
               obj_description(c.oid, 'pg_class') as comment
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where {_USER_SCHEMA} and c.relkind in ('v', 'm') and {_not_extension("pg_class", "c.oid")}""",
    "routine": f"""
        select {_SCHEMA} || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name,
               p.prokind::text as kind, case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end as definition,
               case when p.prokind = 'a' then (select a.aggtransfn::text || ' ' || a.aggfinalfn::text || ' '
                    || format_type(a.aggtranstype, null) || ' ' || coalesce(a.agginitval, '')
                    from pg_aggregate a where a.aggfnoid = p.oid) end as aggregate,
               pg_get_userbyid(p.proowner)::text as owner, p.proacl::text as privileges,
               obj_description(p.oid, 'pg_proc') as comment
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where {_USER_SCHEMA} and {_not_extension("pg_proc", "p.oid")}""",
    "trigger": f"""
        select {_SCHEMA} || c.relname || '.' || t.tgname as name, pg_get_triggerdef(t.oid) as definition,
               t.tgenabled::text as enabled, obj_description(t.oid, 'pg_trigger') as comment
        from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
        where {_USER_SCHEMA} and not t.tgisinternal""",
    "rule": f"""
        select {_SCHEMA} || c.relname || '.' || r.rulename as name, pg_get_ruledef(r.oid) as definition,
               r.ev_enabled::text as enabled, obj_description(r.oid, 'pg_rewrite') as comment
        from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
        where {_USER_SCHEMA} and r.rulename <> '_RETURN'""",
    "policy": f"""
        select {_SCHEMA} || c.relname || '.' || p.polname as name, p.polpermissive as permissive,
               p.polcmd::text as command,
               (select array_agg(case when r = 0 then 'public' else pg_get_userbyid(r)::text end order by 1)
                  from unnest(p.polroles) r) as roles,
               pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as with_check
        from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
        where {_USER_SCHEMA}""",
    "statistics": f"""
        select {_SCHEMA} || s.stxname as name, pg_get_statisticsobjdef(s.oid) as definition,
               s.stxstattarget::int as target, obj_description(s.oid, 'pg_statistic_ext') as comment
        from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where {_USER_SCHEMA}""",
    "collation": f"""
        select {_SCHEMA} || c.collname as name, c.collprovider::text as provider,
               c.collisdeterministic as deterministic, c.collcollate::text as collate, c.collctype::text as ctype,
               obj_description(c.oid, 'pg_collation') as comment
        from pg_collation c join pg_namespace n on n.oid = c.collnamespace
        where {_USER_SCHEMA} and {_not_extension("pg_collation", "c.oid")}""",
    "event_trigger": """
        select e.evtname::text as name, e.evtevent::text as event, e.evtfoid::regproc::text as function,
               e.evtenabled::text as enabled, e.evttags as tags from pg_event_trigger e""",
    "publication": """
        select p.pubname::text as name, p.puballtables as all_tables, p.pubinsert as inserts, p.pubupdate as updates,
               p.pubdelete as deletes, p.pubtruncate as truncates,
               (select array_agg(r.prrelid::regclass::text order by 1) from pg_publication_rel r
                 where r.prpubid = p.oid) as tables from pg_publication p""",
    "default_privileges": """
        select coalesce(d.defaclnamespace::regnamespace::text, '-') || '.' || d.defaclobjtype::text || '.'
               || pg_get_userbyid(d.defaclrole) as name, d.defaclacl::text as privileges from pg_default_acl d""",
    "foreign_server": """
        select s.srvname::text as name, s.srvoptions::text as options from pg_foreign_server s""",
}


def read(connection: sa.Connection) -> Objects:
    """All objects of the database; the session's settings are put back."""
    before = _pin(connection, _PINNED)
    try:
        objects: dict[str, dict[str, Value]] = {}
        for kind, query in QUERIES.items():
            for row in connection.exec_driver_sql(query).mappings():
                facts = {str(k): _value(v) for k, v in row.items() if k != "name" and v is not None}
                objects[f"{kind}:{row['name']}"] = facts
        return objects
    finally:
        _pin(connection, before)


def read_rows(connection: sa.Connection, objects: Objects) -> Objects:
    """For each table its row count and order-free digests of columns and whole rows; and the positions of sequences."""
    before = _pin(connection, _PINNED)
    try:
        data: dict[str, dict[str, Value]] = {}
        for key, facts in objects.items():
            kind, _, name = key.partition(":")
            if kind == "table" and facts.get("kind") == "r":
                data[f"rows:{name}"] = _digest_table(connection, name, _columns_of(objects, name))
            elif kind == "sequence":
                row = connection.exec_driver_sql(f"select last_value, is_called from {_qualified(name)}").one()
                data[f"rows:{name}"] = {"position": f"{row[0]}{'' if row[1] else ' (not used)'}"}
        return data
    finally:
        _pin(connection, before)


def _digest_table(connection: sa.Connection, table: str, columns: list[str]) -> dict[str, Value]:
    # hashtextextended is PostgreSQL's own 64-bit hash; a sum of hashes does not depend on the order of rows.
    texts = {c: f"coalesce(t.{_quoted(c)}::text, chr(1) || 'null')" for c in columns}
    sums = [f"sum(hashtextextended({text}, 0)::numeric)::text" for text in texts.values()]
    whole = "array_to_string(array[" + ", ".join(texts.values()) + "], chr(2))" if texts else "''"
    sums.append(f"sum(hashtextextended({whole}, 0)::numeric)::text")
    row = connection.exec_driver_sql(f"select count(*), {', '.join(sums)} from only {_qualified(table)} t").one()
    facts: dict[str, Value] = {"count": int(row[0]), "rows": row[-1]}
    facts.update({f"column {c}": value for c, value in zip(columns, row[1:-1], strict=True)})
    return facts


def _columns_of(objects: Objects, table: str) -> list[str]:
    prefix = f"column:{table}."
    return sorted(key[len(prefix) :] for key in objects if key.startswith(prefix))


def _qualified(name: str) -> str:
    schema, dot, relation = name.rpartition(".")
    return f"{_quoted(schema if dot else 'public')}.{_quoted(relation)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _pin(connection: sa.Connection, settings: Mapping[str, str]) -> dict[str, str]:
    before: dict[str, str] = {}
    for name, value in settings.items():
        before[name] = connection.exec_driver_sql(f"select current_setting('{name}')").scalar_one()
        if before[name] != value:
            escaped = value.replace("'", "''")
            connection.exec_driver_sql(f"select set_config('{name}', '{escaped}', false)")
    return before


def _value(value: object) -> Value:
    if isinstance(value, list | tuple):
        return tuple(str(v) for v in value)
    if isinstance(value, bool | int | str):
        return value
    return str(value)
