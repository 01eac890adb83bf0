"""Faults of what stands beside PostgreSQL's tables: types, sequences, views, code, privileges, and the rest."""

from __future__ import annotations

from tests.faults.cases import Case, case

_TYPES = (
    case(
        "the-labels-of-an-enum-change-their-order",
        ("type:mood", "labels"),
        before="create type mood as enum ('sad', 'ok', 'happy')",
        up="drop type mood",
        down="create type mood as enum ('sad', 'happy', 'ok')",
        good="create type mood as enum ('sad', 'ok', 'happy')",
    ),
    case(
        "a-label-of-an-enum-is-left-behind",
        ("type:mood", "labels"),
        before="create type mood as enum ('sad', 'ok')",
        up="alter type mood add value 'happy'",
        good=("drop type mood", "create type mood as enum ('sad', 'ok')"),
    ),
    case(
        "a-label-of-an-enum-keeps-its-new-name",
        ("type:mood", "labels"),
        before="create type mood as enum ('sad', 'ok')",
        up="alter type mood rename value 'ok' to 'fine'",
        good="alter type mood rename value 'fine' to 'ok'",
    ),
    case(
        "an-enum-is-left-behind",
        ("type:mood", None),
        before="alter table shop drop column city",
        up=("create type mood as enum ('sad')", "alter table shop add column mood mood"),
        down="alter table shop drop column mood",
        good=("alter table shop drop column mood", "drop type mood"),
    ),
    case(
        "the-check-of-a-domain-is-lost",
        ("type:plz", "checks"),
        before="create domain plz as text constraint ck_plz check (value <> '')",
        up="alter domain plz drop constraint ck_plz",
        good="alter domain plz add constraint ck_plz check (value <> '')",
    ),
    case(
        "the-check-of-a-domain-is-not-valid",
        ("type:plz", "checks"),
        before="create domain plz as text constraint ck_plz check (value <> '')",
        up="alter domain plz drop constraint ck_plz",
        down="alter domain plz add constraint ck_plz check (value <> '') not valid",
        good="alter domain plz add constraint ck_plz check (value <> '')",
    ),
    case(
        "the-comment-on-the-check-of-a-domain-is-lost",
        ("type:plz", "checks"),
        before=(
            "create domain plz as text constraint ck_plz check (value <> '')",
            "comment on constraint ck_plz on domain plz is 'never empty'",
        ),
        up="comment on constraint ck_plz on domain plz is null",
        good="comment on constraint ck_plz on domain plz is 'never empty'",
    ),
    case(
        "the-default-of-a-domain-changed",
        ("type:plz", "default"),
        before="create domain plz as text default 'x'",
        up="alter domain plz drop default",
        down="alter domain plz set default 'X'",
        good="alter domain plz set default 'x'",
    ),
    case(
        "a-domain-takes-nulls",
        ("type:plz", "not_null"),
        before="create domain plz as text not null",
        up="alter domain plz drop not null",
        good="alter domain plz set not null",
    ),
    case(
        "the-collation-of-a-domain-is-lost",
        ("type:plz", "collation"),
        before='create domain plz as text collate "C"',
        up="drop domain plz",
        down="create domain plz as text",
        good='create domain plz as text collate "C"',
    ),
    case(
        "an-attribute-of-a-composite-is-left-behind",
        ("type:point3", "attributes"),
        before="create type point3 as (x integer, y integer)",
        up="alter type point3 add attribute z integer",
        good="alter type point3 drop attribute z",
    ),
    case(
        "an-attribute-of-a-composite-has-another-type",
        ("type:point3", "attributes"),
        before="create type point3 as (x integer, y integer)",
        up="alter type point3 alter attribute y type bigint",
        good="alter type point3 alter attribute y type integer",
    ),
    case(
        "a-range-has-another-subtype",
        ("type:span", "subtype"),
        before="create type span as range (subtype = integer)",
        up="drop type span",
        down="create type span as range (subtype = bigint)",
        good="create type span as range (subtype = integer)",
        also=(("type:span", "range"),),
    ),
    case(
        "a-range-compares-otherwise",
        ("type:span", "range"),
        before='create type span as range (subtype = text, collation = "C")',
        up="drop type span",
        down="create type span as range (subtype = text)",
        good='create type span as range (subtype = text, collation = "C")',
    ),
    case(
        "the-comment-of-a-type-is-lost",
        ("type:mood", "comment"),
        before=("create type mood as enum ('sad')", "comment on type mood is 'Moods'"),
        up="drop type mood",
        down="create type mood as enum ('sad')",
        good=("create type mood as enum ('sad')", "comment on type mood is 'Moods'"),
    ),
    case(
        "a-schema-is-left-behind", ("schema:shopping", None), up="create schema shopping", good="drop schema shopping"
    ),
    case(
        "a-table-stays-in-another-schema",
        ("table:aside.item", None),
        before="create schema aside",
        up="alter table item set schema aside",
        good="alter table aside.item set schema public",
        also=(
            *(
                (f"{kind}:{schema}item{name}", None)
                for schema in ("", "aside.")
                for kind, name in (
                    ("column", ".id"),
                    ("column", ".shop_id"),
                    ("column", ".code"),
                    ("column", ".price"),
                    ("constraint", ".fk_item_shop"),
                    ("constraint", ".item_pkey"),
                    ("index", ".item_pkey"),
                    ("rows", ""),
                )
            ),
            ("table:item", None),
        ),
    ),
    case(
        "a-collation-is-another",
        ("collation:word", "deterministic"),
        before="create collation word (provider = icu, locale = 'und', deterministic = false)",
        up="drop collation word",
        down="create collation word (provider = icu, locale = 'und')",
        good="create collation word (provider = icu, locale = 'und', deterministic = false)",
    ),
)

_SEQUENCES = (
    case(
        "the-increment-of-a-sequence-changed",
        ("sequence:counter", "increment"),
        before="create sequence counter increment 5",
        up="alter sequence counter increment 1",
        good="alter sequence counter increment 5",
    ),
    case(
        "the-maximum-of-a-sequence-is-lost",
        ("sequence:counter", "maximum"),
        before="create sequence counter maxvalue 99",
        up="alter sequence counter no maxvalue",
        good="alter sequence counter maxvalue 99",
    ),
    case(
        "a-sequence-does-not-cycle-any-more",
        ("sequence:counter", "cycle"),
        before="create sequence counter cycle",
        up="alter sequence counter no cycle",
        good="alter sequence counter cycle",
    ),
    case(
        "a-sequence-caches-more",
        ("sequence:counter", "cache"),
        before="create sequence counter",
        up="alter sequence counter cache 20",
        good="alter sequence counter cache 1",
    ),
    case(
        "a-sequence-has-another-type",
        ("sequence:counter", "type"),
        before="create sequence counter maxvalue 100",
        up="alter sequence counter as integer",
        good="alter sequence counter as bigint",
    ),
    case(
        "a-sequence-belongs-to-no-column",
        ("sequence:counter", "owned_by"),
        before=("create sequence counter", "alter sequence counter owned by item.id"),
        up="alter sequence counter owned by none",
        good="alter sequence counter owned by item.id",
    ),
    case(
        "a-sequence-is-left-behind",
        ("sequence:counter", None),
        up=("create sequence counter", "alter table item alter id set default nextval('counter')"),
        down="alter table item alter id drop default",
        good=("alter table item alter id drop default", "drop sequence counter"),
        also=(("rows:counter", None),),
    ),
)

_VIEWS = (
    case(
        "the-definition-of-a-view-changed",
        ("view:big", "definition"),
        before="create view big as select id from shop where size > 1",
        up="drop view big",
        down="create view big as select id from shop where size >= 1",
        good="create view big as select id from shop where size > 1",
    ),
    case(
        "a-view-is-lost-with-its-column",
        ("view:towns", None),
        before="create view towns as select size from shop",
        up=("drop view towns", "alter table shop alter size type bigint"),
        down="alter table shop alter size type integer",
        good=("alter table shop alter size type integer", "create view towns as select size from shop"),
        also=(("column:towns.size", None),),
    ),
    case(
        "a-view-has-no-barrier-any-more",
        ("view:big", "options"),
        before="create view big with (security_barrier) as select id from shop",
        up="drop view big",
        down="create view big as select id from shop",
        good="create view big with (security_barrier) as select id from shop",
    ),
    case(
        "the-check-option-of-a-view-is-lost",
        ("view:big", "options"),
        before="create view big as select id, size from shop where size > 1 with local check option",
        up="alter view big reset (check_option)",
        good="alter view big set (check_option = local)",
    ),
    case(
        "a-default-of-a-view-is-lost",
        ("column:big.size", "default"),
        before=("create view big as select id, size from shop", "alter view big alter size set default 7"),
        up="drop view big",
        down="create view big as select id, size from shop",
        good=("create view big as select id, size from shop", "alter view big alter size set default 7"),
    ),
    case(
        "a-materialised-view-becomes-a-view",
        ("view:sums", "kind"),
        before="create materialized view sums as select count(*) as n from shop",
        up="drop materialized view sums",
        down="create view sums as select count(*) as n from shop",
        good="create materialized view sums as select count(*) as n from shop",
        also=(("view:sums", "access_method"),),
    ),
    case(
        "a-materialised-view-is-empty",
        ("view:sums", "populated"),
        before="create materialized view sums as select count(*) as n from shop",
        up="drop materialized view sums",
        down="create materialized view sums as select count(*) as n from shop with no data",
        good="create materialized view sums as select count(*) as n from shop",
    ),
    case(
        "the-index-of-a-materialised-view-is-lost",
        ("index:sums.ux", None),
        before=("create materialized view sums as select id from shop", "create unique index ux on sums (id)"),
        up="drop materialized view sums",
        down="create materialized view sums as select id from shop",
        good=("create materialized view sums as select id from shop", "create unique index ux on sums (id)"),
    ),
)

_ADD = "create function plus(a integer) returns integer language sql immutable as 'select a + 1'"
_HOOK = "create function hook() returns trigger language plpgsql as 'begin return new; end'"
_TRIGGER = "create trigger tr before update on shop for each row execute function hook()"
_NOTE = "create function note() returns event_trigger language plpgsql as 'begin end'"


def _function(name: str, becomes: str) -> Case:
    return case(
        name, ("routine:plus(a integer)", "definition"), before=_ADD, up="drop function plus", down=becomes, good=_ADD
    )


_CODE = (
    _function("the-body-of-a-function-changed", _ADD.replace("+ 1", "+ 2")),
    _function("the-volatility-of-a-function-changed", _ADD.replace("immutable", "volatile")),
    _function("a-function-runs-with-the-rights-of-its-owner", _ADD.replace("immutable", "immutable security definer")),
    _function("a-function-takes-nulls-otherwise", _ADD.replace("immutable", "immutable strict")),
    _function("a-function-sets-no-search-path", _ADD.replace("immutable", "immutable set search_path = public")),
    case("a-function-is-left-behind", ("routine:plus(a integer)", None), up=_ADD, good="drop function plus"),
    case(
        "an-overload-is-lost",
        ("routine:plus(a text)", None),
        before=(_ADD, "create function plus(a text) returns text language sql as 'select a'"),
        up="drop function plus(text)",
        good="create function plus(a text) returns text language sql as 'select a'",
    ),
    case(
        "a-procedure-changed",
        ("routine:work()", "definition"),
        before="create procedure work() language sql as 'delete from item'",
        up="drop procedure work",
        down="create procedure work() language sql as 'delete from shop'",
        good="create procedure work() language sql as 'delete from item'",
    ),
    case(
        "an-aggregate-begins-elsewhere",
        ("routine:total(integer)", "aggregate"),
        before="create aggregate total(integer) (sfunc = int4pl, stype = integer, initcond = '0')",
        up="drop aggregate total(integer)",
        down="create aggregate total(integer) (sfunc = int4pl, stype = integer, initcond = '1')",
        good="create aggregate total(integer) (sfunc = int4pl, stype = integer, initcond = '0')",
    ),
    case(
        "the-definition-of-a-trigger-changed",
        ("trigger:shop.tr", "definition"),
        before=(_HOOK, _TRIGGER),
        up="drop trigger tr on shop",
        down=_TRIGGER.replace("update", "insert"),
        good=_TRIGGER,
    ),
    case(
        "a-trigger-stays-disabled",
        ("trigger:shop.tr", "enabled"),
        before=(_HOOK, _TRIGGER),
        up="alter table shop disable trigger tr",
        good="alter table shop enable trigger tr",
    ),
    case(
        "a-trigger-is-lost",
        ("trigger:shop.tr", None),
        before=(_HOOK, _TRIGGER),
        up="drop trigger tr on shop",
        good=_TRIGGER,
    ),
    case(
        "a-rule-changed",
        ("rule:item.quiet", "definition"),
        before="create rule quiet as on delete to item do instead nothing",
        up="drop rule quiet on item",
        down="create rule quiet as on delete to item do also nothing",
        good="create rule quiet as on delete to item do instead nothing",
    ),
    case(
        "a-rule-stays-disabled",
        ("rule:item.quiet", "enabled"),
        before="create rule quiet as on delete to item do instead nothing",
        up="alter table item disable rule quiet",
        good="alter table item enable rule quiet",
    ),
    case(
        "an-event-trigger-stays-disabled",
        ("event_trigger:watch", "enabled"),
        before=(_NOTE, "create event trigger watch on sql_drop when tag in ('DROP VIEW') execute function note()"),
        up="alter event trigger watch disable",
        good="alter event trigger watch enable",
    ),
    case(
        "an-event-trigger-hears-other-commands",
        ("event_trigger:watch", "tags"),
        before=(_NOTE, "create event trigger watch on sql_drop when tag in ('DROP VIEW') execute function note()"),
        up="drop event trigger watch",
        down="create event trigger watch on sql_drop when tag in ('DROP TABLE') execute function note()",
        good="create event trigger watch on sql_drop when tag in ('DROP VIEW') execute function note()",
    ),
)

_ROLE = "create role faults_reader"
_POLICY = "create policy mine on shop using (size > 1)"
_RIGHTS = (
    case("a-policy-is-lost", ("policy:shop.mine", None), before=_POLICY, up="drop policy mine on shop", good=_POLICY),
    case(
        "a-policy-lets-more-rows-pass",
        ("policy:shop.mine", "using"),
        before=_POLICY,
        up="drop policy mine on shop",
        down="create policy mine on shop using (size > 0)",
        good=_POLICY,
    ),
    case(
        "a-policy-holds-for-another-command",
        ("policy:shop.mine", "command"),
        before=_POLICY,
        up="drop policy mine on shop",
        down="create policy mine on shop for select using (size > 1)",
        good=_POLICY,
    ),
    case(
        "a-policy-holds-for-another-role",
        ("policy:shop.mine", "roles"),
        before=(_ROLE, _POLICY),
        up="alter policy mine on shop to faults_reader",
        good="alter policy mine on shop to public",
    ),
    case(
        "row-security-stays-off",
        ("table:shop", "row_security"),
        before="alter table shop enable row level security",
        up="alter table shop disable row level security",
        good="alter table shop enable row level security",
    ),
    case(
        "row-security-is-not-forced",
        ("table:shop", "row_security_forced"),
        before="alter table shop force row level security",
        up="alter table shop no force row level security",
        good="alter table shop force row level security",
    ),
    case(
        "a-grant-on-a-table-is-lost",
        ("table:item", "privileges"),
        before=(_ROLE, "grant select on item to faults_reader"),
        up="revoke select on item from faults_reader",
        good="grant select on item to faults_reader",
    ),
    case(
        "a-grant-on-a-table-is-left-behind",
        ("table:item", "privileges"),
        before=_ROLE,
        up="grant select on item to faults_reader",
        good="revoke select on item from faults_reader",
    ),
    case(
        "a-grant-may-be-passed-on",
        ("table:item", "privileges"),
        before=(
            _ROLE,
            "create role faults_writer",
            "grant select on item to faults_reader",
            "grant insert on item to faults_writer",
        ),
        up="revoke select on item from faults_reader",
        down="grant select on item to faults_reader with grant option",
        good="grant select on item to faults_reader",
    ),
    case(
        "a-grant-on-a-column-is-lost",
        ("column:shop.city", "privileges"),
        before=(_ROLE, "grant select (city) on shop to faults_reader"),
        up="revoke select (city) on shop from faults_reader",
        good="grant select (city) on shop to faults_reader",
    ),
    case(
        "a-grant-on-a-function-is-lost",
        ("routine:plus(a integer)", "privileges"),
        before=(_ROLE, _ADD, "revoke execute on function plus from public"),
        up="grant execute on function plus to public",
        good="revoke execute on function plus from public",
    ),
    case(
        "a-grant-on-a-schema-is-left-behind",
        ("schema:public", "privileges"),
        before=_ROLE,
        up="grant create on schema public to faults_reader",
        good="revoke create on schema public from faults_reader",
    ),
    case(
        "default-privileges-are-left-behind",
        ("default_privileges:public.r.postgres", None),
        before=_ROLE,
        up="alter default privileges in schema public grant select on tables to faults_reader",
        good="alter default privileges in schema public revoke select on tables from faults_reader",
    ),
    case(
        "a-table-belongs-to-another",
        ("table:item", "owner"),
        before=_ROLE,
        up="alter table item owner to faults_reader",
        good="alter table item owner to current_user",
    ),
    case(
        "a-function-belongs-to-another",
        ("routine:plus(a integer)", "owner"),
        before=(_ROLE, _ADD),
        up="alter function plus owner to faults_reader",
        good="alter function plus owner to current_user",
    ),
)

_REST = (
    case(
        "a-statistics-object-is-lost",
        ("statistics:st", None),
        before="create statistics st on name, city from shop",
        up="drop statistics st",
        good="create statistics st on name, city from shop",
    ),
    case(
        "a-statistics-object-is-of-fewer-kinds",
        ("statistics:st", "definition"),
        before="create statistics st on name, city from shop",
        up="drop statistics st",
        down="create statistics st (ndistinct) on name, city from shop",
        good="create statistics st on name, city from shop",
    ),
    case(
        "the-target-of-a-statistics-object-changed",
        ("statistics:st", "target"),
        before="create statistics st on name, city from shop",
        up="alter statistics st set statistics 700",
        good="alter statistics st set statistics -1",
    ),
    case(
        "a-publication-forgets-a-table",
        ("publication:feed", "tables"),
        before="create publication feed for table shop, item",
        up="alter publication feed drop table item",
        good="alter publication feed add table item",
    ),
    case(
        "a-publication-forgets-its-filter",
        ("publication:feed", "tables"),
        before="create publication feed for table shop where (size > 1)",
        up="alter publication feed set table shop",
        good="alter publication feed set table shop where (size > 1)",
    ),
    case(
        "a-publication-tells-fewer-changes",
        ("publication:feed", "deletes"),
        before="create publication feed for table shop",
        up="alter publication feed set (publish = 'insert, update, truncate')",
        good="alter publication feed set (publish = 'insert, update, delete, truncate')",
    ),
    case(
        "a-publication-forgets-a-schema",
        ("publication_schema:feed.aside", None),
        before=("create schema aside", "create publication feed for tables in schema aside, public"),
        up="alter publication feed drop tables in schema aside",
        good="alter publication feed add tables in schema aside",
    ),
    case(
        "a-cast-is-left-behind",
        ("cast:public.shop as text", None),
        up="create cast (shop as text) with inout",
        good="drop cast (shop as text)",
    ),
    case(
        "an-operator-is-lost",
        ("operator:public.===(text,text)", None),
        before="create operator === (leftarg = text, rightarg = text, function = texteq)",
        up="drop operator === (text, text)",
        good="create operator === (leftarg = text, rightarg = text, function = texteq)",
    ),
    case(
        "a-text-search-configuration-maps-otherwise",
        ("text_search_configuration:public.words", "mapping"),
        before="create text search configuration words (copy = english)",
        up="alter text search configuration words alter mapping for word with simple",
        good="alter text search configuration words alter mapping for word with english_stem",
    ),
    case(
        "a-foreign-server-has-other-options",
        ("foreign_server:far", "options"),
        before=("create foreign data wrapper w", "create server far foreign data wrapper w options (host 'a')"),
        up="alter server far options (set host 'b')",
        good="alter server far options (set host 'a')",
    ),
    case(
        "a-setting-of-the-database-is-left-behind",
        ("database:main", "settings"),
        up="do $$ begin execute format('alter database %I set work_mem = %L', current_database(), '8MB'); end $$",
        good="do $$ begin execute format('alter database %I reset work_mem', current_database()); end $$",
    ),
)

CASES: tuple[Case, ...] = (*_TYPES, *_SEQUENCES, *_VIEWS, *_CODE, *_RIGHTS, *_REST)
