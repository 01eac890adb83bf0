"""Faults of SQLite, where most changes of a table are a new table with the old one's rows."""

from __future__ import annotations

from tests.faults.cases import Case, Fact, Statements, case

BASE = (
    """create table shop (id integer primary key, name varchar(20) not null default 'x', city text collate nocase,
       size integer, born text, constraint ck_shop_size check (size > 0))""",
    """create table item (id integer primary key, shop_id integer, code text, price numeric(12,2),
       constraint fk_item_shop foreign key (shop_id) references shop (id) on delete cascade)""",
    """insert into shop values (1, 'a', 'Ulm', 1, '2024-01-02 03:04:05.123456'), (2, 'b', null, 2, null),
       (3, 'c', '', 3, '2024-05-06 07:08:09.000001')""",
    "insert into item values (1, 1, 'one', 1.25), (2, 1, 'two', 2.5), (3, 3, null, null)",
)


def rebuilt(table: str, body: str, options: str = "") -> Statements:
    """What Alembic's batch mode does: a new table, the rows copied, the old one dropped, the new one renamed."""
    return (
        f'create table "_alembic_tmp_{table}" ({body}){options}',
        f'insert into "_alembic_tmp_{table}" select * from {table}',
        f"drop table {table}",
        f'alter table "_alembic_tmp_{table}" rename to {table}',
    )


def _table(name: str, fact: Fact, was: str, becomes: str, *also: Fact, options: tuple[str, str] = ("", "")) -> Case:
    """A table bill whose rebuilding back to what it was goes wrong."""
    return case(
        name, fact, before=(f"create table bill ({was}){options[0]}", "insert into bill values (1, 'a'), (2, 'b')"),
        up=rebuilt("bill", "id integer primary key, word varchar(99)"),
        down=rebuilt("bill", becomes, options[1]), good=rebuilt("bill", was, options[0]), also=also,
    )  # fmt: skip


_KEY = "id integer primary key"
_WORD = ("column:bill.word", "definition")
_COLUMNS = (
    _table(
        "a-default-is-lost",
        ("column:bill.word", "default"),
        f"{_KEY}, word text default 'x'",
        f"{_KEY}, word text",
        _WORD,
    ),
    _table(
        "not-null-is-lost", ("column:bill.word", "not_null"), f"{_KEY}, word text not null", f"{_KEY}, word text", _WORD
    ),
    _table(
        "a-type-is-narrowed",
        ("column:bill.word", "type"),
        f"{_KEY}, word varchar(20)",
        f"{_KEY}, word varchar(10)",
        _WORD,
    ),
    _table("a-collation-is-lost", _WORD, f"{_KEY}, word text collate nocase", f"{_KEY}, word text"),
    _table("a-check-of-a-column-is-lost", _WORD, f"{_KEY}, word text check (word <> '')", f"{_KEY}, word text"),
    _table(
        "not-null-fails-otherwise",
        _WORD,
        f"{_KEY}, word text not null on conflict ignore",
        f"{_KEY}, word text not null",
    ),
    _table("a-reference-of-a-column-is-lost", _WORD, f"{_KEY}, word text references shop (name)", f"{_KEY}, word text"),
    _table("a-unique-column-may-repeat", _WORD, f"{_KEY}, word text unique", f"{_KEY}, word text"),
    _table(
        "autoincrement-is-lost",
        ("column:bill.id", "definition"),
        "id integer primary key autoincrement, word text",
        f"{_KEY}, word text",
        ("rows:bill", "position"),
    ),
    _table(
        "the-primary-key-is-lost",
        ("column:bill.id", "key"),
        "id integer not null primary key, word text",
        "id integer not null, word text",
        ("column:bill.id", "definition"),
    ),
    case(
        "a-generated-expression-changed",
        ("column:bill.gross", "definition"),
        before="create table bill (net integer, gross integer generated always as (net * 2) virtual)",
        up="alter table bill drop column gross",
        down="alter table bill add column gross integer generated always as (net * 3) virtual",
        good="alter table bill add column gross integer generated always as (net * 2) virtual",
    ),
    case(
        "a-generated-column-is-stored-no-more",
        ("column:bill.gross", "generated"),
        before="create table bill (net integer, gross integer as (net * 2) stored)",
        up="drop table bill",
        down="create table bill (net integer, gross integer as (net * 2) virtual)",
        good="create table bill (net integer, gross integer as (net * 2) stored)",
        also=(("column:bill.gross", "definition"),),
    ),
    case(
        "a-column-comes-back-at-the-end",
        ("column:item.code", "position"),
        before="update item set code = null",
        up="alter table item drop column code",
        down="alter table item add column code text",
        good=(
            "alter table item rename to old",
            """create table item (id integer primary key, shop_id integer, code text, price numeric(12,2),
                  constraint fk_item_shop foreign key (shop_id) references shop (id) on delete cascade)""",
            "insert into item (id, shop_id, price) select * from old",
            "drop table old",
        ),
        also=(("column:item.price", "position"),),
    ),
    case(
        "a-column-is-left-behind",
        ("column:item.extra", None),
        up="alter table item add column extra integer",
        good="alter table item drop column extra",
        also=(("rows:item", "column extra"), ("rows:item", "rows")),
    ),
)

_PLAIN = f"{_KEY}, word text"
_CONSTRAINTS = (
    _table("a-check-is-lost", ("constraint:bill.ck", None), f"{_PLAIN}, constraint ck check (word <> '')", _PLAIN),
    _table(
        "a-check-is-weaker",
        ("constraint:bill.ck", "definition"),
        f"{_PLAIN}, constraint ck check (word <> '')",
        f"{_PLAIN}, constraint ck check (word <> ' ')",
    ),
    _table(
        "a-unique-constraint-is-lost", ("constraint:bill.uq", None), f"{_PLAIN}, constraint uq unique (word)", _PLAIN
    ),
    _table(
        "a-unique-constraint-loses-its-name",
        ("constraint:bill.uq", None),
        f"{_PLAIN}, constraint uq unique (word)",
        f"{_PLAIN}, unique (word)",
        ("constraint:bill.(unique ( word ))", None),
    ),
    _table(
        "a-conflict-is-resolved-otherwise",
        ("constraint:bill.uq", "definition"),
        f"{_PLAIN}, constraint uq unique (word) on conflict replace",
        f"{_PLAIN}, constraint uq unique (word)",
    ),
    _table(
        "a-foreign-key-does-something-else-on-delete",
        ("constraint:bill.fk", "definition"),
        f"{_PLAIN}, constraint fk foreign key (id) references shop (id) on delete cascade",
        f"{_PLAIN}, constraint fk foreign key (id) references shop (id)",
    ),
    _table(
        "a-foreign-key-is-checked-at-once",
        ("constraint:bill.fk", "definition"),
        f"{_PLAIN}, constraint fk foreign key (id) references shop (id) deferrable initially deferred",
        f"{_PLAIN}, constraint fk foreign key (id) references shop (id)",
    ),
    _table(
        "constraints-change-their-order",
        ("constraint:bill.uq", "position"),
        f"{_PLAIN}, constraint uq unique (word), constraint ck check (id > 0)",
        f"{_PLAIN}, constraint ck check (id > 0), constraint uq unique (word)",
        ("constraint:bill.ck", "position"),
    ),
    _table(
        "a-quoted-column-keeps-its-reserved-name",
        ("column:bill.check", "default"),
        f"{_KEY}, \"check\" text default 'a'",
        f"{_KEY}, \"check\" text default 'b'",
        ("column:bill.check", "definition"),
    ),
    _table(
        "rows-have-ids-again",
        ("table:bill", "without_rowid"),
        _PLAIN,
        _PLAIN,
        ("column:bill.id", "not_null"),
        options=(" without rowid", ""),
    ),
    _table("a-table-is-no-longer-strict", ("table:bill", "strict"), _PLAIN, _PLAIN, options=(" strict", "")),
    case(
        "a-table-is-left-behind",
        ("table:more", None),
        up="create table more (id integer)",
        good="drop table more",
        also=(("column:more.id", None), ("rows:more", None)),
    ),
    case(
        "the-table-of-a-batch-is-left-behind",
        ("table:_alembic_tmp_item", None),
        up="create table _alembic_tmp_item (id integer)",
        good="drop table _alembic_tmp_item",
        also=(("column:_alembic_tmp_item.id", None), ("rows:_alembic_tmp_item", None)),
    ),
)


def _index(name: str, fact: str, was: str, becomes: str, *also: Fact) -> Case:
    """An index on item, dropped, that comes back with another definition."""
    return case(
        name,
        ("index:item.ix", fact),
        before=f"create {was}",
        up="drop index ix",
        down=f"create {becomes}",
        good=f"create {was}",
        also=also,
    )


_SHAPE = ("index:item.ix", "definition")
_TRIGGER = "create trigger tr after insert on item begin delete from item where code = '{}'; end"
_OBJECTS = (
    case(
        "an-index-is-lost-with-its-table",
        ("index:item.ix", None),
        before="create index ix on item (code)",
        up=("alter table item rename to old", "create table item as select * from old", "drop table old"),
        down=("drop table item", *BASE[1:2], *BASE[3:]),
        good=("drop table item", *BASE[1:2], *BASE[3:], "create index ix on item (code)"),
    ),
    case("an-index-is-left-behind", ("index:item.ix", None), up="create index ix on item (code)", good="drop index ix"),
    _index(
        "the-predicate-of-an-index-is-lost",
        "definition",
        "index ix on item (code) where price > 0",
        "index ix on item (code)",
    ),
    _index(
        "the-direction-of-an-index-is-lost",
        "columns",
        "index ix on item (code desc)",
        "index ix on item (code)",
        _SHAPE,
    ),
    _index(
        "the-collation-of-an-index-is-lost",
        "columns",
        "index ix on item (code collate nocase)",
        "index ix on item (code)",
        _SHAPE,
    ),
    _index(
        "the-expression-of-an-index-changed",
        "definition",
        "index ix on item (lower(code))",
        "index ix on item (upper(code))",
    ),
    _index("an-index-is-no-longer-unique", "definition", "unique index ix on item (code)", "index ix on item (code)"),
    _index(
        "the-columns-of-an-index-change-their-order",
        "columns",
        "index ix on item (code, price)",
        "index ix on item (price, code)",
        _SHAPE,
    ),
    case(
        "a-trigger-is-lost-with-its-table",
        ("trigger:item.tr", None),
        before=_TRIGGER.format("x"),
        up="drop trigger tr",
        good=_TRIGGER.format("x"),
    ),
    case(
        "the-body-of-a-trigger-changed",
        ("trigger:item.tr", "definition"),
        before=_TRIGGER.format("x"),
        up="drop trigger tr",
        down=_TRIGGER.format("X"),
        good=_TRIGGER.format("x"),
    ),
    case(
        "the-definition-of-a-view-changed",
        ("view:big", "definition"),
        before="create view big as select id from shop where size > 1",
        up="drop view big",
        down="create view big as select id from shop where size >= 1",
        good="create view big as select id from shop where size > 1",
    ),
    case(
        "a-view-is-lost",
        ("view:big", None),
        before="create view big as select id from shop",
        up="drop view big",
        good="CREATE VIEW big AS\n  SELECT id FROM shop -- as it was",
    ),
    case(
        "the-version-of-the-user-is-left-behind",
        ("database:main", "user_version"),
        before="pragma user_version = 4",
        up="pragma user_version = 5",
        good="pragma user_version = 4",
    ),
)

_KEPT = "create table kept as select * from shop"
_ROWS = (
    case(
        "rows-are-lost",
        ("rows:item", "count"),
        up="create table bin as select * from item where code is null",
        down=("delete from item where code is null", "drop table bin"),
        good="drop table bin",
        also=tuple(("rows:item", f) for f in ("rows", "column id", "column shop_id", "column code", "column price")),
    ),
    case(
        "rows-of-another-table-are-removed",
        ("rows:item", "count"),
        up=("create table bin as select * from item", "delete from item where shop_id = 1"),
        down="drop table bin",
        good=("insert into item select * from bin where shop_id = 1", "drop table bin"),
        also=tuple(("rows:item", f) for f in ("rows", "column id", "column shop_id", "column code", "column price")),
    ),
    case(
        "values-are-swapped-between-rows",
        ("rows:item", "rows"),
        up="update item set price = price + 1",
        down="update item set price = case id when 1 then 2.5 when 2 then 1.25 end",
        good="update item set price = price - 1",
    ),
    case(
        "the-values-of-a-dropped-column-are-lost",
        ("rows:shop", "column born"),
        up=(_KEPT, "alter table shop drop column born"),
        down=("alter table shop add column born text", "drop table kept"),
        good=(
            "alter table shop add column born text",
            "update shop set born = (select born from kept where kept.id = shop.id)",
            "drop table kept",
        ),
        also=(("rows:shop", "rows"),),
    ),
    case(
        "null-becomes-the-empty-text",
        ("rows:shop", "column city"),
        up="update shop set city = '' where id = 2",
        good="update shop set city = null where id = 2",
        also=(("rows:shop", "rows"),),
    ),
    case(
        "microseconds-are-cut",
        ("rows:shop", "column born"),
        up=(_KEPT, "update shop set born = substr(born, 1, 19)"),
        down="drop table kept",
        good=("update shop set born = (select born from kept where kept.id = shop.id)", "drop table kept"),
        also=(("rows:shop", "rows"),),
    ),
    case(
        "a-number-becomes-a-text",
        ("rows:bill", "column n"),
        before=("create table bill (id integer primary key, n)", "insert into bill values (1, 7)"),
        up="update bill set n = '7'",
        good="update bill set n = 7",
        also=(("rows:bill", "rows"),),
    ),
    case(
        "a-position-of-autoincrement-is-lost",
        ("rows:bill", "position"),
        before=(
            "create table bill (id integer primary key autoincrement)",
            "insert into bill values (41)",
            "delete from bill",
        ),
        up="drop table bill",
        down="create table bill (id integer primary key autoincrement)",
        good=(
            "create table bill (id integer primary key autoincrement)",
            "insert into bill values (41)",
            "delete from bill",
        ),
    ),
)

CASES: tuple[Case, ...] = (*_COLUMNS, *_CONSTRAINTS, *_OBJECTS, *_ROWS)
