"""The texts from which objects of a scratch database can be made again, each tried on the server.

An expression that the server printed may print otherwise when it is given back; so the candidates are tried, and the
first one that prints what the snapshot has is taken.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from bothways.dialects.drafting import postgresql_dependencies as dependencies
from bothways.dialects.drafting.postgresql_expressions import candidates, queries
from bothways.dialects.drafting.postgresql_words import ident, own, short_type, words
from bothways.dialects.postgresql_catalog import PINNED
from bothways.dialects.postgresql_names import named, qualified
from bothways.snapshot import split_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import sqlalchemy as sa

    from bothways.snapshot import Snapshot

_USER = "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'"
_FROM = "join pg_class c on c.oid = {} join pg_namespace n on n.oid = c.relnamespace"

# Read with the search path that a revision runs with: what is found there stands without its schema.
_TEXTS: Mapping[str, str] = {
    "column": f"""
        select {named("c.relname", "a.attname")}, format_type(a.atttypid, a.atttypmod) as type,
               pg_get_expr(d.adbin, d.adrelid, true) as default,
               pg_get_expr(d.adbin, d.adrelid) as default_in_full,
               case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collation
        from pg_attribute a {_FROM.format("a.attrelid")} join pg_type t on t.oid = a.atttypid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where {_USER} and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'f')""",
    "constraint": f"""
        select {named("c.relname", "k.conname")}, pg_get_constraintdef(k.oid, true) as whole,
               pg_get_expr(k.conbin, k.conrelid, true) as expression,
               pg_get_expr(k.conbin, k.conrelid) as expression_in_full
        from pg_constraint k {_FROM.format("k.conrelid")} where {_USER} and k.contype not in ('t', 'n')""",
    "index": f"""
        select {named("tc.relname", "c.relname")}, pg_get_indexdef(i.indexrelid, 0, true) as whole,
               pg_get_expr(i.indpred, i.indrelid, true) as where,
               pg_get_expr(i.indpred, i.indrelid) as where_in_full
        from pg_index i {_FROM.format("i.indexrelid")} join pg_class tc on tc.oid = i.indrelid where {_USER}""",
    "view": f"""
        select {named("c.relname")}, pg_get_viewdef(c.oid, true) as whole from pg_class c
        join pg_namespace n on n.oid = c.relnamespace where {_USER} and c.relkind in ('v', 'm')""",
    "routine": f"""
        select p.oid::int8 as oid, pg_get_functiondef(p.oid) as whole
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {_USER} and p.prokind <> 'a'""",
    "trigger": f"""
        select {named("c.relname", "t.tgname")}, pg_get_triggerdef(t.oid, true) as whole
        from pg_trigger t {_FROM.format("t.tgrelid")} where {_USER} and not t.tgisinternal""",
    "rule": f"""
        select {named("c.relname", "r.rulename")}, pg_get_ruledef(r.oid, true) as whole
        from pg_rewrite r {_FROM.format("r.ev_class")} where {_USER} and r.rulename <> '_RETURN'""",
    "policy": f"""
        select {named("c.relname", "p.polname")}, pg_get_expr(p.polqual, p.polrelid, true) as using,
               pg_get_expr(p.polwithcheck, p.polrelid, true) as with_check,
               pg_get_expr(p.polqual, p.polrelid) as using_in_full,
               pg_get_expr(p.polwithcheck, p.polrelid) as with_check_in_full
        from pg_policy p {_FROM.format("p.polrelid")} where {_USER}""",
    "type": f"""
        select {named("t.typname")}, format_type(t.typbasetype, t.typtypmod) as base,
               case when t.typtype = 'd' then t.typcollation::regcollation::text end as collation,
               (select json_agg(json_build_array(k.conname, pg_get_constraintdef(k.oid, true),
                        (select o.description from pg_description o where o.objoid = k.oid
                          and o.classoid = 'pg_constraint'::regclass)) order by k.conname)
                  from pg_constraint k where k.contypid = t.oid)::text as checks,
               (select json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod),
                        case when a.attcollation <> y.typcollation then a.attcollation::regcollation::text end,
                        (select o.description from pg_description o
                          where o.objoid = t.typrelid and o.objsubid = a.attnum
                            and o.classoid = 'pg_class'::regclass)) order by a.attnum)
                  from pg_attribute a join pg_type y on y.oid = a.atttypid
                 where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)::text as attributes,
               (select concat_ws(', ', 'subtype = ' || format_type(r.rngsubtype, null),
                         'subtype_opclass = ' || o.opcname, 'collation = ' || nullif(r.rngcollation, 0)::regcollation,
                         'subtype_diff = ' || nullif(r.rngsubdiff::oid, 0)::regproc,
                         'multirange_type_name = ' || m.typname)
                  from pg_range r join pg_opclass o on o.oid = r.rngsubopc
                  left join pg_type m on m.oid = (to_jsonb(r) ->> 'rngmultitypid')::oid
                 where r.rngtypid = t.oid) as range
        from pg_type t join pg_namespace n on n.oid = t.typnamespace
        where {_USER} and t.typtype in ('d', 'c', 'r', 'e')""",
    "statistics": f"""
        select {named("s.stxname")}, pg_get_statisticsobjdef(s.oid) as whole
        from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where {_USER}""",
}
REWRITES = "rewrites:"
_ARGUMENTS = "pg_get_function_identity_arguments(p.oid)"


def read(
    connection: sa.Connection, snapshot: Snapshot, keys: Collection[str], written: Mapping[str, str]
) -> Mapping[str, str]:
    """The texts of these objects and of all that need them.

    And what each of them needs (``depends:<key>``), and which columns write their tables anew (``rewrites:<key>``).
    """
    with connection.begin_nested() as trial:
        _set(connection, {**PINNED})
        needs = dependencies.read(connection, snapshot)
        wanted = dependencies.closure(frozenset(keys), needs)
        wanted |= {n for key in wanted for n in needs.get(key, ()) if n.startswith("sequence:")}
        arguments = _arguments(connection)
        _set(connection, {"search_path": "public"})
        texts = dict(_texts(connection, wanted, arguments))
        tried = Trials(connection, snapshot, texts, written)
        texts.update((key, text) for key in sorted(texts) if (text := tried.best(key)) is not None)
        added = sorted(k for k in keys if f"{k}/type" in texts and f"table:{_table(k)}" not in keys)
        texts.update((f"{REWRITES}{key}", "yes") for key in added if tried.rewrites(key))
        trial.rollback()
    texts.update((f"depends:{key}", json.dumps(sorted(needs.get(key, ())))) for key in sorted(wanted))
    return texts


def _set(connection: sa.Connection, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        connection.exec_driver_sql(f"set local {name} = '{value}'")


def _arguments(connection: sa.Connection) -> Mapping[int, str]:
    rows = connection.exec_driver_sql(
        f"select p.oid::int8, {named('p.proname')} || '(' || {_ARGUMENTS} || ')' from pg_proc p "
        f"join pg_namespace n on n.oid = p.pronamespace where {_USER}"
    )
    return {int(oid): name for oid, name in rows}


def _texts(
    connection: sa.Connection, wanted: Collection[str], arguments: Mapping[int, str]
) -> Iterator[tuple[str, str]]:
    kinds = {key.partition(":")[0] for key in wanted}
    for kind, query in _TEXTS.items():
        for row in connection.exec_driver_sql(query).mappings() if kind in kinds else ():
            first, *facts = ((str(fact), text) for fact, text in row.items())
            key = f"{kind}:{arguments[int(first[1])] if kind == 'routine' else first[1]}"
            if key in wanted:
                yield from _facts(key, dict(facts))


def _facts(key: str, row: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    for fact, text in row.items():
        if text is not None:
            shown = short_type(text) if fact in {"type", "base"} else text
            yield (key if fact == "whole" else f"{key}/{fact}"), shown


class Trials:
    """Tries texts on the scratch database; each trial is rolled back."""

    def __init__(
        self, connection: sa.Connection, snapshot: Snapshot, texts: Mapping[str, str], written: Mapping[str, str]
    ) -> None:
        self.connection, self.snapshot, self.texts, self.written = connection, snapshot, texts, written

    def best(self, key: str) -> str | None:
        """The best text that the server prints as the snapshot has it; None for what needs no trial."""
        name, _, fact = key.rpartition("/") if key.endswith(("/default", "/using", "/with_check")) else (key, "", "")
        kind = name.partition(":")[0]
        if kind == "column" and fact == "default":
            return self._column(name)
        if kind == "constraint" and not fact and f"{key}/expression" in self.texts:
            return self._check(key)
        if kind == "index" and "/where" not in key:
            return self._index(key)
        if kind == "policy" and fact:
            return self._policy(name, fact)
        if kind == "view":
            return self._view(key)
        return None

    def accepted(self, statement: str, question: str, wanted: object) -> bool:
        """Whether the server, given the statement, answers the question as wanted."""
        try:
            with self.connection.begin_nested() as nested:
                self._run(statement)
                self._run("set local search_path = ''")
                found = self._run(question).scalar()
                nested.rollback()
        except DBAPIError:
            return False
        return bool(found == wanted)

    def _run(self, statement: str) -> sa.CursorResult[tuple[object, ...]]:
        return self.connection.exec_driver_sql(statement, execution_options={"no_parameters": True})

    def _facts(self, key: str) -> Mapping[str, object]:
        return self.snapshot.objects[key]

    def _printed(self, name: str) -> tuple[str, str]:
        return self.texts[name], self.texts[f"{name}_in_full"]

    def _column(self, key: str) -> str:
        facts, name = self._facts(key), key.partition(":")[2]
        table = words(split_name(name)[0])
        generated = "generated" in facts
        mine = self.written.get(f"{key}/generated" if generated else f"{key}/default")
        column = "bothways_trial" if generated else own(key)
        question = f"""select pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d join pg_attribute a
            on a.attrelid = d.adrelid and a.attnum = d.adnum
            where d.adrelid = {_literal(qualified(split_name(name)[0]))}::regclass and a.attname = {_literal(column)}"""
        for candidate in candidates(self._printed(f"{key}/default"), mine):
            change = f"ALTER COLUMN {ident(column)} SET DEFAULT {candidate}"
            if generated:
                collation = self.texts.get(f"{key}/collation")
                kind = self.texts[f"{key}/type"] + (f" COLLATE {collation}" if collation else "")
                change = f"ADD COLUMN {column} {kind} GENERATED ALWAYS AS ({candidate}) STORED"
            if self.accepted(f"ALTER TABLE {table} {change}", question, facts["default"]):
                return candidate
        return str(facts["default"])

    def rewrites(self, key: str) -> bool:
        """Whether the server writes all rows anew where the column is added, as it does with an empty table too."""
        facts, table = self._facts(key), _table(key)
        given = f" DEFAULT {self.texts[f'{key}/default']}" if f"{key}/default" in self.texts else ""
        if facts.get("generated"):
            given = f" GENERATED ALWAYS AS ({self.texts[f'{key}/default']}) STORED"
        if facts.get("identity"):
            given = " GENERATED BY DEFAULT AS IDENTITY"
        question = f"select pg_relation_filenode({_literal(qualified(table))}::regclass)"
        there, kind = self._run(question).scalar(), self.texts[f"{key}/type"]
        return not self.accepted(f"ALTER TABLE {words(table)} ADD COLUMN bothways_trial {kind}{given}", question, there)

    def _check(self, key: str) -> str:
        facts, table = self._facts(key), split_name(key.partition(":")[2])[0]
        tail = " NO INHERIT" if facts.get("no_inherit") else ""
        definition = str(facts["definition"]).removesuffix(" NOT VALID")
        question = f"""select pg_get_constraintdef(oid) from pg_constraint
            where conname = 'bothways_trial' and conrelid = {_literal(qualified(table))}::regclass"""
        for candidate in candidates(self._printed(f"{key}/expression"), self.written.get(key)):
            made = f"CHECK ({candidate}){tail}"
            statement = f"ALTER TABLE {words(table)} ADD CONSTRAINT bothways_trial {made} NOT VALID"
            if self.accepted(statement, question, f"{definition} NOT VALID"):
                return made if facts.get("validated") else f"{made} NOT VALID"
        return str(facts["definition"])

    def _index(self, key: str) -> str:
        table, name = split_name(key.partition(":")[2])
        unique = "UNIQUE " if self._facts(key).get("unique") else ""
        definition, printed = str(self._facts(key)["definition"]), self.texts[key]
        at = f"CREATE {unique}INDEX {ident(name)} ON "
        if not (definition.startswith(at) and printed.startswith(at)):
            return definition
        body = (
            printed.removeprefix(at).removeprefix("ONLY ").removeprefix(words(table)).replace(" USING btree (", " (", 1)
        )
        where = self.texts.get(f"{key}/where")
        bodies = (
            [body]
            if where is None
            else [
                body.removesuffix(f" WHERE {where}") + f" WHERE {candidate}"
                for candidate in candidates(self._printed(f"{key}/where"), self.written.get(f"{key}/where"))
            ]
        )
        question = f"select pg_get_indexdef({_literal(self._trial_index(table))}::regclass)"
        wanted = f"CREATE INDEX bothways_trial ON {definition.removeprefix(at)}".replace(" NULLS NOT DISTINCT", "")
        for candidate in (*bodies, body):
            plain = candidate.replace(" NULLS NOT DISTINCT", "", 1)
            if self.accepted(f"CREATE INDEX bothways_trial ON {words(table)}{plain}", question, wanted):
                return f"{at}{words(table)}{candidate}"
        return definition.replace(" ON ONLY ", " ON ", 1)

    @staticmethod
    def _trial_index(table: str) -> str:
        owner, _ = split_name(table)
        return f"{words(owner) if owner else 'public'}.bothways_trial"

    def _policy(self, key: str, fact: str) -> str:
        table, name = split_name(key.partition(":")[2])
        column, clause = ("polqual", "USING") if fact == "using" else ("polwithcheck", "WITH CHECK")
        question = f"""select pg_get_expr({column}, polrelid) from pg_policy
            where polname = {_literal(name)} and polrelid = {_literal(qualified(table))}::regclass"""
        for candidate in candidates(self._printed(f"{key}/{fact}")):
            statement = f"ALTER POLICY {ident(name)} ON {words(table)} {clause} ({candidate})"
            if self.accepted(statement, question, self._facts(key)[fact]):
                return candidate
        return str(self._facts(key)[fact])

    def _view(self, key: str) -> str:
        facts = self._facts(key)
        what = "MATERIALIZED VIEW" if facts["kind"] == "m" else "VIEW"
        tail = " WITH NO DATA" if what != "VIEW" else ""
        body = self.texts[key].strip().rstrip(";")
        question = "select pg_get_viewdef('public.bothways_trial'::regclass)"
        for candidate in queries(body):
            if self.accepted(
                f"CREATE {what} public.bothways_trial AS {candidate}{tail}", question, facts["definition"]
            ):
                return candidate
        return str(facts["definition"]).strip().rstrip(";")


def _table(key: str) -> str:
    return split_name(key.partition(":")[2])[0]


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
