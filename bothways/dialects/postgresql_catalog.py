"""Everything that a PostgreSQL database is, read from ``pg_catalog`` by one query a kind of object.

The first column of each query is the object's name, the others are its facts under their column names. The session
settings that change how the server prints expressions are pinned while reading (measured: TimeZone, DateStyle,
IntervalStyle, bytea_output, search_path and quote_all_identifiers change hundreds of facts). Members of extensions
belong to their extension. OIDs, attribute numbers (but not their order) and statistics are left out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bothways.dialects.columns import columns_of
from bothways.dialects.postgresql_names import named, qualified, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import sqlalchemy as sa

    from bothways.snapshot import Objects, Tier, Value

_OWNED = (
    "database", "schema", "type", "table", "column", "sequence", "view", "routine", "statistics", "collation",
    "language", "event_trigger", "publication", "foreign_data_wrapper", "foreign_server", "operator", "operator_class",
    "operator_family", "conversion", "text_search_configuration", "text_search_dictionary",
)  # fmt: skip
TIERS: Mapping[tuple[str, str], Tier] = {
    ("column", "position"): "order",
    ("type", "position"): "order",
    **{(kind, fact): "ownership" for kind in _OWNED for fact in ("owner", "privileges")},
    ("database", "settings"): "physical",
    ("database", "comment"): "physical",
    ("default_privileges", "*"): "ownership",
    ("policy", "*"): "ownership",
    ("table", "tablespace"): "physical",
    ("table", "access_method"): "physical",
    ("table", "options"): "physical",
    ("table", "toast_options"): "physical",
    ("view", "tablespace"): "physical",
    ("view", "access_method"): "physical",
    ("index", "tablespace"): "physical",
    ("column", "storage"): "physical",
    ("column", "compression"): "physical",
    ("column", "statistics"): "physical",
    ("column", "options"): "physical",
    ("index", "options"): "physical",
    ("index", "statistics"): "physical",
    ("index", "clustered"): "physical",
    ("rows", "*"): "data",
}

PINNED: Mapping[str, str] = {
    "search_path": "",
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "quote_all_identifiers": "off",
}
"""The settings that change how the server prints expressions."""

# The server's own count of a column's changes, which minor releases like 15.20 keep among the options; it is never the
# same twice, and nobody sets it.
_COLUMN_OPTIONS = "(select array_agg(o order by o) from unnest(a.attoptions) o where o !~ '^pg_attver=')::text"
_BATCH = 100
_USER_SCHEMA = "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'"


def _sorted(array: str) -> str:
    # A text array's items in one order; NULL for none, as after a RESET of all.
    return f'(select array_agg(o::text order by o::text collate "C") from unnest({array}) o)'


def _privileges(acl: str, kind: str, owner: str) -> str:
    # GRANT and REVOKE leave a list where none was, which means the same as none; its order is that of the grants.
    return f"""case when {acl} is not null then nullif(coalesce({_sorted(acl)}, '{{}}'::text[]),
                    coalesce({_sorted(f"acldefault('{kind}', {owner})")}, '{{}}'::text[])) end as privileges"""


def _not_extension(catalog: str, oid: str, kinds: str = "'e'") -> str:
    return (
        "not exists (select 1 from pg_catalog.pg_depend x where "
        f"x.classid = 'pg_catalog.{catalog}'::pg_catalog.regclass and x.objid = {oid} and x.deptype in ({kinds}))"
    )


def _comment(oid: str, catalog: str, column: str = "0") -> str:
    # Not obj_description(): the server would plan its body anew in each query.
    return (
        f"(select o.description from pg_description o where o.objoid = {oid} "
        f"and o.classoid = 'pg_catalog.{catalog}'::pg_catalog.regclass and o.objsubid = {column})"
    )


QUERIES: Mapping[str, str] = {
    "schema": f"""
        select n.nspname::text as name, pg_get_userbyid(n.nspowner)::text as owner,
               {_privileges("n.nspacl", "n", "n.nspowner")}, {_comment("n.oid", "pg_namespace")} as comment
        from pg_namespace n where {_USER_SCHEMA} and {_not_extension("pg_namespace", "n.oid")}""",
    "extension": """
        select e.extname::text as name, e.extversion::text as version, n.nspname::text as schema
        from pg_extension e join pg_namespace n on n.oid = e.extnamespace""",
    "type": f"""
        select {named("t.typname")} as name, t.typtype::text as kind,
               (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e
                 where e.enumtypid = t.oid) as labels,
               case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end as base,
               t.typnotnull as not_null, t.typdefault as default,
               case when t.typtype = 'd' then nullif(t.typcollation, 0)::regcollation::text end as collation,
               (select array_agg(k.conname || ' ' || pg_get_constraintdef(k.oid)
                        || case when k.convalidated then '' else ' NOT VALID' end
                        || coalesce(' -- ' || {_comment("k.oid", "pg_constraint")}, '') order by k.conname)
                  from pg_constraint k where k.contypid = t.oid) as checks,
               (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid) as subtype,
               (select concat_ws(' ', nullif(r.rngcollation, 0)::regcollation, o.opcname,
                                 nullif(r.rngcanonical::oid, 0)::regproc, nullif(r.rngsubdiff::oid, 0)::regproc,
                                 (to_jsonb(r) ->> 'rngmultitypid')::oid::regtype)
                  from pg_range r join pg_opclass o on o.oid = r.rngsubopc where r.rngtypid = t.oid) as range,
               (select array_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                        nullif(nullif(a.attcollation, 0), 100)::regcollation,
                        '-- ' || {_comment("a.attrelid", "pg_class", "a.attnum")}) order by a.attnum)
                  from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
                   and t.typtype = 'c') as attributes,
               pg_get_userbyid(t.typowner)::text as owner, {_privileges("t.typacl", "T", "t.typowner")},
               {_comment("t.oid", "pg_type")} as comment
        from pg_type t join pg_namespace n on n.oid = t.typnamespace
        where {_USER_SCHEMA} and {_not_extension("pg_type", "t.oid")}
          and (t.typtype in ('e', 'd', 'r', 'p') or t.typtype = 'b' and t.typcategory <> 'A'
               or t.typtype = 'c' and exists (select 1 from pg_class c
                                           where c.oid = t.typrelid and c.relkind = 'c'))""",
    "table": f"""
        select {named("c.relname")} as name, c.relkind::text as kind, c.relpersistence::text as persistence,
               pg_get_userbyid(c.relowner)::text as owner, {_privileges("c.relacl", "r", "c.relowner")},
               {_sorted("c.reloptions")} as options,
               (select {_sorted("o.reloptions")} from pg_class o where o.oid = c.reltoastrelid) as toast_options,
               c.relreplident::text as replica_identity,
               c.relrowsecurity as row_security, c.relforcerowsecurity as row_security_forced,
               am.amname::text as access_method, ts.spcname::text as tablespace,
               pg_get_partkeydef(c.oid) as partition_key, pg_get_expr(c.relpartbound, c.oid) as partition_bound,
               (select array_agg(i.inhparent::regclass::text order by i.inhseqno) from pg_inherits i
                 where i.inhrelid = c.oid) as parents,
               case when c.reloftype <> 0 then c.reloftype::regtype::text end as of_type,
               (select f.srvname || coalesce(' ' || {_sorted("x.ftoptions")}::text, '') from pg_foreign_table x
                  join pg_foreign_server f on f.oid = x.ftserver where x.ftrelid = c.oid) as foreign,
               {_comment("c.oid", "pg_class")} as comment
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        left join pg_am am on am.oid = c.relam left join pg_tablespace ts on ts.oid = c.reltablespace
        where {_USER_SCHEMA} and c.relkind in ('r', 'p', 'f') and {_not_extension("pg_class", "c.oid")}""",
    "column": f"""
        select {named("c.relname", "a.attname")} as name,
               rank() over (partition by c.oid order by a.attnum)::int as position,
               format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
               pg_get_expr(d.adbin, d.adrelid) as default, nullif(a.attidentity::text, '') as identity,
               nullif(a.attgenerated::text, '') as generated,
               case when a.attcollation <> t.typcollation then
                    (case when co.collnamespace = 11 then '' else co.collnamespace::regnamespace || '.' end)
                    || co.collname end as collation,
               a.attstorage::text as storage, nullif(a.attcompression::text, '') as compression,
               a.attstattarget::int as statistics, {_COLUMN_OPTIONS} as options,
               {_privileges("a.attacl", "c", "c.relowner")}, a.attislocal as local,
               {_sorted("a.attfdwoptions")} as foreign_options, {_comment("c.oid", "pg_class", "a.attnum")} as comment
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_type t on t.oid = a.atttypid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_collation co on co.oid = a.attcollation
        where {_USER_SCHEMA} and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
          and {_not_extension("pg_class", "c.oid")}""",
    "constraint": f"""
        select {named("c.relname", "k.conname")} as name, k.contype::text as kind,
               pg_get_constraintdef(k.oid) as definition, k.convalidated as validated,
               k.condeferrable as deferrable, k.condeferred as deferred, k.conislocal as local,
               k.connoinherit as no_inherit,
               case when k.contype = 'f' then (select array_agg(distinct g.tgenabled::text) from pg_trigger g
                    where g.tgconstraint = k.oid) end as enforced, {_comment("k.oid", "pg_constraint")} as comment
        from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
        where {_USER_SCHEMA} and k.contype not in ('t', 'n') and {_not_extension("pg_class", "c.oid")}""",
    "index": f"""
        select {named("tc.relname", "c.relname")} as name, pg_get_indexdef(i.indexrelid) as definition,
               i.indisvalid as valid, i.indisready as ready, i.indisclustered as clustered,
               i.indisreplident as replica_identity, ts.spcname::text as tablespace,
               (select h.inhparent::regclass::text from pg_inherits h where h.inhrelid = i.indexrelid) as parent,
               i.indisprimary as primary, i.indisunique as unique,
               {_sorted("c.reloptions")} as options,
               (select array_agg(coalesce(a.attstattarget, -1)::text order by a.attnum) from pg_attribute a
                 where a.attrelid = c.oid) as statistics,
               {_comment("c.oid", "pg_class")} as comment
        from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class tc on tc.oid = i.indrelid
        join pg_namespace n on n.oid = c.relnamespace left join pg_tablespace ts on ts.oid = c.reltablespace
        where {_USER_SCHEMA} and {_not_extension("pg_class", "tc.oid")}""",
    "sequence": f"""
        select {named("c.relname")} as name, format_type(s.seqtypid, null) as type,
               c.relpersistence::text as persistence, s.seqstart::text as start,
               s.seqincrement::text as increment, s.seqmin::text as minimum, s.seqmax::text as maximum,
               s.seqcache::text as cache, s.seqcycle as cycle,
               (select d.refobjid::regclass::text || '.' || quote_ident(a.attname) || ' ' || d.deptype::text
                  from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                 where d.objid = c.oid and d.classid = 'pg_catalog.pg_class'::regclass
                   and d.deptype in ('a', 'i')) as owned_by,
               pg_get_userbyid(c.relowner)::text as owner, {_privileges("c.relacl", "s", "c.relowner")},
               {_comment("c.oid", "pg_class")} as comment
        from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
        where {_USER_SCHEMA} and {_not_extension("pg_class", "c.oid")}""",
    "view": f"""
        select {named("c.relname")} as name, c.relkind::text as kind, pg_get_viewdef(c.oid) as definition,
               {_sorted("c.reloptions")} as options, c.relispopulated as populated,
               am.amname::text as access_method, ts.spcname::text as tablespace,
               pg_get_userbyid(c.relowner)::text as owner, {_privileges("c.relacl", "r", "c.relowner")},
               {_comment("c.oid", "pg_class")} as comment
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        left join pg_am am on am.oid = c.relam left join pg_tablespace ts on ts.oid = c.reltablespace
        where {_USER_SCHEMA} and c.relkind in ('v', 'm') and {_not_extension("pg_class", "c.oid")}""",
    "routine": f"""
        select {named("p.proname")} || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name,
               p.prokind::text as kind, case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end as definition,
               case when p.prokind = 'a' then (select concat_ws(' ', a.aggkind, a.aggnumdirectargs,
                    a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn,
                    a.aggminvtransfn, a.aggmfinalfn, a.aggfinalextra, a.aggmfinalextra, a.aggfinalmodify,
                    a.aggmfinalmodify,
                    a.aggsortop::regoperator, a.aggtranstype::regtype, a.aggtransspace, a.aggmtranstype::regtype,
                    quote_nullable(a.agginitval), quote_nullable(a.aggminitval), p.proparallel, p.provolatile)
                    from pg_aggregate a where a.aggfnoid = p.oid) end as aggregate,
               pg_get_userbyid(p.proowner)::text as owner, {_privileges("p.proacl", "f", "p.proowner")},
               {_comment("p.oid", "pg_proc")} as comment
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where {_USER_SCHEMA} and {_not_extension("pg_proc", "p.oid", "'e', 'i'")}""",
    "trigger": f"""
        select {named("c.relname", "t.tgname")} as name, pg_get_triggerdef(t.oid) as definition,
               t.tgenabled::text as enabled, {_comment("t.oid", "pg_trigger")} as comment
        from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
        where {_USER_SCHEMA} and not t.tgisinternal""",
    "rule": f"""
        select {named("c.relname", "r.rulename")} as name, pg_get_ruledef(r.oid) as definition,
               r.ev_enabled::text as enabled, {_comment("r.oid", "pg_rewrite")} as comment
        from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
        where {_USER_SCHEMA} and r.rulename <> '_RETURN'""",
    "policy": f"""
        select {named("c.relname", "p.polname")} as name, p.polpermissive as permissive,
               p.polcmd::text as command,
               (select array_agg(case when r = 0 then 'public' else pg_get_userbyid(r)::text end order by 1)
                  from unnest(p.polroles) r) as roles,
               pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as with_check,
               {_comment("p.oid", "pg_policy")} as comment
        from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
        where {_USER_SCHEMA}""",
    "statistics": f"""
        select {named("s.stxname")} as name, pg_get_statisticsobjdef(s.oid) as definition,
               s.stxstattarget::int as target,
               pg_get_userbyid(s.stxowner)::text as owner, {_comment("s.oid", "pg_statistic_ext")} as comment
        from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where {_USER_SCHEMA}""",
    "collation": f"""
        select {named("c.collname")} as name, c.collprovider::text as provider,
               c.collisdeterministic as deterministic, c.collcollate::text as collate, c.collctype::text as ctype,
               coalesce(to_jsonb(c) ->> 'colliculocale', to_jsonb(c) ->> 'colllocale') as locale,
               to_jsonb(c) ->> 'collicurules' as rules, pg_get_userbyid(c.collowner)::text as owner,
               {_comment("c.oid", "pg_collation")} as comment
        from pg_collation c join pg_namespace n on n.oid = c.collnamespace
        where {_USER_SCHEMA} and {_not_extension("pg_collation", "c.oid")}""",
    "event_trigger": f"""
        select e.evtname::text as name, e.evtevent::text as event, e.evtfoid::regproc::text as function,
               e.evtenabled::text as enabled, {_sorted("e.evttags")} as tags,
               pg_get_userbyid(e.evtowner)::text as owner, {_comment("e.oid", "pg_event_trigger")} as comment
        from pg_event_trigger e where {_not_extension("pg_event_trigger", "e.oid")}""",
    "publication": f"""
        select p.pubname::text as name, p.puballtables as all_tables, p.pubinsert as inserts, p.pubupdate as updates,
               p.pubdelete as deletes, p.pubtruncate as truncates, p.pubviaroot as via_root,
               (select array_agg(concat_ws(' ', v.schemaname || '.' || v.tablename, to_jsonb(v) ->> 'attnames',
                                           'where ' || (to_jsonb(v) ->> 'rowfilter'))
                                 order by v.schemaname, v.tablename)
                  from pg_publication_rel r join pg_class c on c.oid = r.prrelid
                  join pg_namespace n on n.oid = c.relnamespace join pg_publication_tables v
                    on v.pubname = p.pubname and v.schemaname = n.nspname and v.tablename = c.relname
                 where r.prpubid = p.oid) as tables,
               pg_get_userbyid(p.pubowner)::text as owner, {_comment("p.oid", "pg_publication")} as comment
        from pg_publication p""",
    "default_privileges": f"""
        select coalesce(nullif(d.defaclnamespace, 0)::regnamespace::text, '-') || '.' || d.defaclobjtype::text
               || '.' || pg_get_userbyid(d.defaclrole) as name, {_sorted("d.defaclacl")} as privileges
        from pg_default_acl d""",
    "foreign_data_wrapper": f"""
        select w.fdwname::text as name, nullif(w.fdwhandler, 0)::regproc::text as handler,
               nullif(w.fdwvalidator, 0)::regproc::text as validator, {_sorted("w.fdwoptions")} as options,
               pg_get_userbyid(w.fdwowner)::text as owner, {_privileges("w.fdwacl", "F", "w.fdwowner")}
        from pg_foreign_data_wrapper w where {_not_extension("pg_foreign_data_wrapper", "w.oid")}""",
    "foreign_server": f"""
        select s.srvname::text as name, w.fdwname::text as wrapper, s.srvtype as type, s.srvversion as version,
               {_sorted("s.srvoptions")} as options, pg_get_userbyid(s.srvowner)::text as owner,
               {_privileges("s.srvacl", "S", "s.srvowner")}, {_comment("s.oid", "pg_foreign_server")} as comment,
               (select array_agg(m.usename::text
                        || coalesce(' with options ' || left(md5({_sorted("m.umoptions")}::text), 8), '')
                        order by m.usename) from pg_user_mappings m where m.srvid = s.oid) as users
        from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw""",
    "database": f"""
        select 'main' as name, pg_get_userbyid(d.datdba)::text as owner, {_privileges("d.datacl", "d", "d.datdba")},
               shobj_description(d.oid, 'pg_database') as comment,
               (select array_agg(coalesce('role ' || nullif(x.setrole, 0)::regrole, 'all') || ' ' || o
                                 order by x.setrole::regrole::text, o)
                  from pg_db_role_setting x, unnest(x.setconfig) o where x.setdatabase = d.oid) as settings
        from pg_database d where d.datname = current_database()""",
}
"""One query a kind of object."""

NEWER: Mapping[str, tuple[tuple[int, ...], str]] = {
    "publication_schema": (
        (15,),
        """select p.pubname || '.' || s.pnnspid::regnamespace as name from pg_publication_namespace s
           join pg_publication p on p.oid = s.pnpubid""",
    ),
}
"""Queries that only servers since a version can answer."""

_SELDOM = """
    select 'language' as kind, l.lanname::text as name, jsonb_build_object('trusted', l.lanpltrusted,
           'owner', pg_get_userbyid(l.lanowner)) as facts
      from pg_language l where l.oid >= 16384 and {language}
    union all
    select 'cast', c.castsource::regtype || ' as ' || c.casttarget::regtype, jsonb_build_object(
           'function', nullif(c.castfunc, 0)::regprocedure, 'context', c.castcontext, 'method', c.castmethod)
      from pg_cast c where c.oid >= 16384 and {cast}
    union all
    select 'operator', o.oid::regoperator::text, jsonb_build_object('function', o.oprcode::regproc,
           'commutator', nullif(o.oprcom, 0)::regoperator, 'negator', nullif(o.oprnegate, 0)::regoperator,
           'restrict', o.oprrest::regproc, 'join', o.oprjoin::regproc, 'hashes', o.oprcanhash,
           'merges', o.oprcanmerge, 'owner', pg_get_userbyid(o.oprowner))
      from pg_operator o where o.oid >= 16384 and {operator}
    union all
    select 'operator_class', a.amname || ' ' || o.opcnamespace::regnamespace || '.' || o.opcname, jsonb_build_object(
           'type', o.opcintype::regtype, 'default', o.opcdefault, 'keys', nullif(o.opckeytype, 0)::regtype,
           'family', f.opfname, 'owner', pg_get_userbyid(o.opcowner))
      from pg_opclass o join pg_am a on a.oid = o.opcmethod join pg_opfamily f on f.oid = o.opcfamily
     where o.oid >= 16384 and {operator_class}
    union all
    select 'operator_family', a.amname || ' ' || f.opfnamespace::regnamespace || '.' || f.opfname, jsonb_build_object(
           'owner', pg_get_userbyid(f.opfowner),
           'operators', (select jsonb_agg(m.amopstrategy || ' ' || m.amopopr::regoperator order by 1) from pg_amop m
                          where m.amopfamily = f.oid),
           'functions', (select jsonb_agg(m.amprocnum || ' ' || m.amproc::regprocedure order by 1) from pg_amproc m
                          where m.amprocfamily = f.oid))
      from pg_opfamily f join pg_am a on a.oid = f.opfmethod where f.oid >= 16384 and {operator_family}
    union all
    select 'conversion', c.connamespace::regnamespace || '.' || c.conname, jsonb_build_object('function', c.conproc,
           'from', pg_encoding_to_char(c.conforencoding), 'to', pg_encoding_to_char(c.contoencoding),
           'default', c.condefault, 'owner', pg_get_userbyid(c.conowner))
      from pg_conversion c where c.oid >= 16384 and {conversion}
    union all
    select 'text_search_configuration', c.oid::regconfig::text, jsonb_build_object('parser', p.prsname,
           'owner', pg_get_userbyid(c.cfgowner),
           'mapping', (select jsonb_agg(m.maptokentype || ' ' || m.mapdict::regdictionary
                                          order by m.maptokentype, m.mapseqno)
                         from pg_ts_config_map m where m.mapcfg = c.oid))
      from pg_ts_config c join pg_ts_parser p on p.oid = c.cfgparser
     where c.oid >= 16384 and {text_search_configuration}
    union all
    select 'text_search_dictionary', d.oid::regdictionary::text, jsonb_build_object('template', t.tmplname,
           'options', d.dictinitoption, 'owner', pg_get_userbyid(d.dictowner))
      from pg_ts_dict d join pg_ts_template t on t.oid = d.dicttemplate
     where d.oid >= 16384 and {text_search_dictionary}
    union all
    select 'access_method', a.amname, jsonb_build_object('handler', a.amhandler::regproc, 'type', a.amtype)
      from pg_am a where a.oid >= 16384 and {access_method}
    union all
    select 'transform', t.trftype::regtype || ' for ' || l.lanname, jsonb_build_object(
           'from', t.trffromsql::regproc, 'to', t.trftosql::regproc)
      from pg_transform t join pg_language l on l.oid = t.trflang where t.oid >= 16384 and {transform}
    union all
    select 'subscription', s.subname, jsonb_build_object('enabled', s.subenabled, 'slot', s.subslotname,
           'publications', to_jsonb(s.subpublications), 'owner', pg_get_userbyid(s.subowner))
      from pg_subscription s where s.subdbid = (select oid from pg_database where datname = current_database())
    union all
    select 'large_object', m.oid::text, jsonb_build_object('owner', pg_get_userbyid(m.lomowner))
      from pg_largeobject_metadata m
""".format(
    language=_not_extension("pg_language", "l.oid"),
    cast=_not_extension("pg_cast", "c.oid"),
    operator=_not_extension("pg_operator", "o.oid"),
    operator_class=_not_extension("pg_opclass", "o.oid"),
    operator_family=_not_extension("pg_opfamily", "f.oid"),
    conversion=_not_extension("pg_conversion", "c.oid"),
    text_search_configuration=_not_extension("pg_ts_config", "c.oid"),
    text_search_dictionary=_not_extension("pg_ts_dict", "d.oid"),
    access_method=_not_extension("pg_am", "a.oid"),
    transform=_not_extension("pg_transform", "t.oid"),
)
"""The kinds that few databases have, all in one query; OIDs below 16384 are the server's own."""


def read(connection: sa.Connection) -> Objects:
    """All objects of the database; the session's settings are put back."""
    before = _pin(connection, PINNED)
    try:
        objects: dict[str, dict[str, Value]] = {}
        newer = [(k, q) for k, (v, q) in NEWER.items() if (connection.dialect.server_version_info or (0,)) >= v]
        for kind, query in (*QUERIES.items(), *newer):
            for row in connection.exec_driver_sql(query).mappings():
                facts = {str(k): value(v) for k, v in row.items() if k != "name" and v is not None}
                objects[f"{kind}:{row['name']}"] = facts
        objects.update(_seldom(connection))
        return objects
    finally:
        _pin(connection, before)


def _seldom(connection: sa.Connection) -> Iterator[tuple[str, dict[str, Value]]]:
    for kind, name, found in connection.exec_driver_sql(_SELDOM).all():
        facts = json.loads(found) if isinstance(found, str) else found
        yield f"{kind}:{name}", {fact: value(v) for fact, v in sorted(facts.items()) if v is not None}


def read_rows(connection: sa.Connection, objects: Objects) -> Objects:
    """For each table its row count and order-free digests of columns and whole rows; and the positions of sequences."""
    before = _pin(connection, PINNED)
    try:
        columns = columns_of(objects)
        names = [
            key.partition(":")[2] for key, f in objects.items() if key.startswith("table:") and f.get("kind") == "r"
        ]
        data: dict[str, dict[str, Value]] = {}
        empty = _without_pages(connection, {name: qualified(name) for name in names})
        for name in names:
            if name in empty:
                data[f"rows:{name}"] = {"count": 0, "rows": None, **{f"column {c}": None for c in columns[name]}}
            else:
                data[f"rows:{name}"] = _digest_table(connection, qualified(name), columns[name])
        sequences = [key.partition(":")[2] for key in objects if key.startswith("sequence:")]
        for name, position in _positions(connection, {name: qualified(name) for name in sequences}):
            data[f"rows:{name}"] = {"position": position}
        return data
    finally:
        _pin(connection, before)


def _without_pages(connection: sa.Connection, tables: Mapping[str, str]) -> set[str]:
    """The tables that have no page at all, so no row: most tables of a scratch database, told at once."""
    names, written = list(tables), ", ".join(_text(table) for table in tables.values())
    rows = connection.exec_driver_sql(
        f"select i from unnest(array[{written}]::text[]) with ordinality t(x, i) "
        "where pg_relation_size(x::regclass) = 0",
        execution_options={"no_parameters": True},
    )
    return {names[int(row[0]) - 1] for row in rows.all()}


def _positions(connection: sa.Connection, sequences: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    names = list(sequences)
    for start in range(0, len(names), _BATCH):
        part = names[start : start + _BATCH]
        each = (f"select {i}, last_value, is_called from {sequences[name]}" for i, name in enumerate(part))
        statement = " union all ".join(each)
        for i, last, called in connection.exec_driver_sql(statement, execution_options={"no_parameters": True}).all():
            yield part[i], f"{last}{'' if called else ' (not used)'}"


def _digest_table(connection: sa.Connection, table: str, columns: list[str]) -> dict[str, Value]:
    # hashtextextended is PostgreSQL's own 64-bit hash; a sum of hashes does not depend on the order of rows.
    texts = {c: f"coalesce(t.{quoted(c)}::text, chr(1) || 'null')" for c in columns}
    sums = [f"sum(hashtextextended({text}, 0)::numeric)::text" for text in texts.values()]
    whole = "array_to_string(array[" + ", ".join(texts.values()) + "], chr(2))" if texts else "''"
    sums.append(f"sum(hashtextextended({whole}, 0)::numeric)::text")
    row = connection.exec_driver_sql(f"select count(*), {', '.join(sums)} from only {table} t").one()
    facts: dict[str, Value] = {"count": int(row[0]), "rows": row[-1]}
    facts.update({f"column {c}": value for c, value in zip(columns, row[1:-1], strict=True)})
    return facts


def _text(literal: str) -> str:
    return "'" + literal.replace("'", "''") + "'"


def _pin(connection: sa.Connection, settings: Mapping[str, str]) -> dict[str, str]:
    before: dict[str, str] = {}
    for name, value in settings.items():
        before[name] = connection.exec_driver_sql(f"select current_setting('{name}')").scalar_one()
        if before[name] != value:
            escaped = value.replace("'", "''")
            connection.exec_driver_sql(f"select set_config('{name}', '{escaped}', false)")
    return before


def value(found: object) -> Value:
    """A fact as it is kept: a list becomes a tuple of texts."""
    if isinstance(found, list | tuple):
        return tuple(str(v) for v in found)
    if isinstance(found, bool | int | str):
        return found
    return str(found)
