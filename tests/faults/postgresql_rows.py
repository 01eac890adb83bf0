"""Faults of PostgreSQL's rows: the catalog is as before, the data is not."""

from __future__ import annotations

from tests.faults.cases import Case, case

_KEPT = "create table kept as select * from shop"

CASES: tuple[Case, ...] = (
    case(
        "rows-are-lost",
        ("rows:item", "count"),
        before="alter table shop drop column born",
        up=("create table bin as select * from item where code is null", "delete from item where code is null"),
        down="drop table bin",
        good=("insert into item select * from bin", "drop table bin"),
        also=(
            ("rows:item", "rows"),
            ("rows:item", "column id"),
            ("rows:item", "column shop_id"),
            ("rows:item", "column code"),
            ("rows:item", "column price"),
        ),
    ),
    case(
        "rows-of-another-table-are-removed",
        ("rows:item", "count"),
        up=(
            "create table bin as select * from shop where id = 1",
            "create table bin2 as select * from item",
            "delete from shop where id = 1",
        ),
        down=("insert into shop select * from bin", "drop table bin, bin2"),
        good=(
            "insert into shop select * from bin",
            "insert into item select * from bin2 where shop_id = 1",
            "drop table bin, bin2",
        ),
        also=(
            ("rows:item", "rows"),
            ("rows:item", "column id"),
            ("rows:item", "column shop_id"),
            ("rows:item", "column code"),
            ("rows:item", "column price"),
        ),
    ),
    case(
        "the-values-of-a-dropped-column-are-lost",
        ("rows:shop", "column born"),
        up=(_KEPT, "alter table shop drop column born"),
        down=("alter table shop add column born timestamp(6)", "drop table kept"),
        good=(
            "alter table shop add column born timestamp(6)",
            "update shop set born = kept.born from kept where kept.id = shop.id",
            "drop table kept",
        ),
        also=(("rows:shop", "rows"),),
    ),
    case(
        "a-default-hides-what-was-there",
        ("rows:shop", "column name"),
        before="alter table shop drop column born",
        up=(_KEPT, "update shop set name = upper(name)"),
        down=("update shop set name = 'x'", "drop table kept"),
        good=("update shop set name = kept.name from kept where kept.id = shop.id", "drop table kept"),
        also=(("rows:shop", "rows"),),
    ),
    case(
        "values-are-swapped-between-rows",
        ("rows:item", "rows"),
        up="update item set price = price + 1",
        down=(
            "update item set price = price - 1",
            "update item i set price = o.price from item o where (i.id, o.id) in ((1, 2), (2, 1))",
        ),
        good="update item set price = price - 1",
    ),
    case(
        "null-becomes-the-empty-text",
        ("rows:shop", "column city"),
        up=(_KEPT, "update shop set city = '' where city is null"),
        down="drop table kept",
        good=("update shop set city = kept.city from kept where kept.id = shop.id", "drop table kept"),
        also=(("rows:shop", "rows"),),
    ),
    case(
        "the-empty-text-becomes-null",
        ("rows:shop", "column city"),
        up="update shop set city = '-' where city = ''",
        down="update shop set city = null where city = '-'",
        good="update shop set city = '' where city = '-'",
        also=(("rows:shop", "rows"),),
    ),
    case(
        "microseconds-are-cut",
        ("rows:shop", "column born"),
        up=(_KEPT, "alter table shop alter born type timestamp(0)"),
        down=("alter table shop alter born type timestamp(6)", "drop table kept"),
        good=(
            "alter table shop alter born type timestamp(6)",
            "update shop set born = kept.born from kept where kept.id = shop.id",
            "drop table kept",
        ),
        also=(("rows:shop", "rows"),),
    ),
    case(
        "cents-are-cut",
        ("rows:item", "column price"),
        up=("create table kept as select id, price from item", "alter table item alter price type integer"),
        down=("alter table item alter price type numeric(12,2)", "drop table kept"),
        good=(
            "alter table item alter price type numeric(12,2)",
            "update item set price = kept.price from kept where kept.id = item.id",
            "drop table kept",
        ),
        also=(("rows:item", "rows"),),
    ),
    case(
        "a-row-is-there-twice",
        ("rows:tag", "count"),
        before=("create table tag (word text)", "insert into tag values ('a'), ('b')"),
        up="insert into tag values ('c')",
        down="update tag set word = 'a' where word = 'c'",
        good="delete from tag where word = 'c'",
        also=(("rows:tag", "rows"), ("rows:tag", "column word")),
    ),
    case(
        "a-blank-at-the-end-is-cut",
        ("rows:tag", "column word"),
        before=("create table tag (word varchar(10))", "insert into tag values ('a '), ('b')"),
        up="alter table tag alter word type char(10)",
        down="alter table tag alter word type varchar(10)",
        good=("alter table tag alter word type varchar(10)", "update tag set word = 'a ' where word = 'a'"),
        also=(("rows:tag", "rows"),),
    ),
    case(
        "a-sequence-begins-again",
        ("rows:counter", "position"),
        before=("create sequence counter", "select setval('counter', 41)"),
        up="drop sequence counter",
        down="create sequence counter",
        good=("create sequence counter", "select setval('counter', 41)"),
    ),
    case(
        "a-sequence-is-one-further",
        ("rows:counter", "position"),
        before=("create sequence counter", "select setval('counter', 41)"),
        up="select setval('counter', 50)",
        down="select setval('counter', 41, false)",
        good="select setval('counter', 41)",
    ),
    case(
        "the-rows-of-a-partition-are-lost",
        ("rows:log_1", "count"),
        before=(
            "create table log (day integer) partition by range (day)",
            "create table log_1 partition of log for values from (1) to (10)",
            "insert into log values (1), (2)",
        ),
        up="drop table log_1",
        down="create table log_1 partition of log for values from (1) to (10)",
        good=("create table log_1 partition of log for values from (1) to (10)", "insert into log values (1), (2)"),
        also=(("rows:log_1", "rows"), ("rows:log_1", "column day")),
    ),
)
