"""Faults of MariaDB."""

from __future__ import annotations

from tests.faults.cases import Case, case

BASE = (
    """create table shop (id integer not null auto_increment primary key, name varchar(20) not null default 'x',
       city varchar(50) character set latin1 comment 'Town', size integer unsigned, born datetime(6),
       seen timestamp null default current_timestamp() on update current_timestamp(),
       constraint ck_shop_size check (size > 0)) engine=InnoDB default charset=utf8mb4 comment='Shops'""",
    """create table item (id integer not null primary key, shop_id integer, code varchar(60), price decimal(12,2),
       key ix_shop (shop_id), constraint fk_item_shop foreign key (shop_id) references shop (id) on delete cascade)
       engine=InnoDB default charset=utf8mb4""",
    """insert into shop (id, name, city, size, born, seen) values
       (1, 'a', 'Ulm', 1, '2024-01-02 03:04:05.123456', '2024-01-01'),
       (2, 'b', null, 2, null, null), (3, 'c', '', 3, '2024-05-06 07:08:09.000001', null)""",
    "insert into item values (1, 1, 'one', 1.25), (2, 1, 'two', 2.50), (3, 3, null, null)",
)

_CITY = "alter table shop modify city varchar(50) character set latin1 comment 'Town'"
_SIZE = "alter table shop modify size integer unsigned"
_BORN = "alter table shop modify born datetime(6)"
_SEEN = "alter table shop modify seen timestamp null default current_timestamp() on update current_timestamp()"
_NAME = "alter table shop modify name varchar(20) not null default 'x'"
_NET = "create table bill (net integer, gross integer generated always as (net * 2) stored)"


def _modify(name: str, column: str, fact: str, up: str, down: str | tuple[str, ...], good: str, *also: str) -> Case:
    """A column of shop, changed, that comes back with something lost."""
    key = f"column:shop.{column}"
    return case(
        name,
        (key, fact),
        up=f"alter table shop modify {column} {up}",
        down=f"alter table shop modify {column} {down}" if isinstance(down, str) else down,
        good=good,
        also=tuple((key, a) for a in also),
    )


_COLUMNS = (
    _modify(
        "a-default-is-lost", "name", "default", "varchar(30) not null", "varchar(20) not null", _NAME, "definition"
    ),
    _modify(
        "not-null-is-lost",
        "name",
        "not_null",
        "varchar(30) not null default 'x'",
        "varchar(20) default 'x'",
        _NAME,
        "definition",
    ),
    _modify(
        "a-length-is-narrowed",
        "name",
        "type",
        "varchar(30) not null default 'x'",
        "varchar(10) not null default 'x'",
        _NAME,
        "definition",
    ),
    _modify("unsigned-is-lost", "size", "type", "bigint", "integer", _SIZE, "definition"),
    case(
        "zerofill-is-lost",
        ("column:bill.n", "type"),
        before="create table bill (n integer(5) zerofill)",
        up="alter table bill modify n bigint",
        down="alter table bill modify n integer(5) unsigned",
        good="alter table bill modify n integer(5) zerofill",
        also=(("column:bill.n", "definition"),),
    ),
    _modify(
        "a-character-set-is-lost",
        "city",
        "collation",
        "varchar(60) character set latin1 comment 'Town'",
        "varchar(50) comment 'Town'",
        _CITY,
        "definition",
    ),
    _modify(
        "a-collation-is-another",
        "city",
        "collation",
        "varchar(60) character set latin1 comment 'Town'",
        "varchar(50) character set latin1 collate latin1_bin comment 'Town'",
        _CITY,
        "definition",
    ),
    _modify(
        "the-comment-of-a-column-is-lost",
        "city",
        "comment",
        "varchar(60) character set latin1 comment 'Town'",
        "varchar(50) character set latin1",
        _CITY,
        "definition",
    ),
    _modify(
        "on-update-is-lost",
        "seen",
        "extra",
        "timestamp null default null",
        "timestamp null default current_timestamp()",
        _SEEN,
        "definition",
    ),
    case(
        "auto-increment-is-lost",
        ("column:shop.id", "extra"),
        before="alter table item drop foreign key fk_item_shop",
        up="alter table shop modify id bigint not null auto_increment",
        down="alter table shop modify id integer not null",
        good="alter table shop modify id integer not null auto_increment",
        also=(("column:shop.id", "definition"), ("rows:shop", "position")),
    ),
    case(
        "a-column-is-visible-again",
        ("column:bill.secret", "extra"),
        before="create table bill (n integer, secret integer invisible default 1)",
        up="alter table bill modify secret bigint invisible default 1",
        down="alter table bill modify secret integer default 1",
        good="alter table bill modify secret integer invisible default 1",
        also=(("column:bill.secret", "definition"),),
    ),
    case(
        "a-generated-expression-changed",
        ("column:bill.gross", "generated"),
        before=_NET,
        up="alter table bill drop column gross",
        down="alter table bill add column gross integer generated always as (net * 3) stored",
        good="alter table bill add column gross integer generated always as (net * 2) stored",
        also=(("column:bill.gross", "definition"),),
    ),
    case(
        "a-generated-column-is-stored-no-more",
        ("column:bill.gross", "extra"),
        before=_NET,
        up="alter table bill drop column gross",
        down="alter table bill add column gross integer generated always as (net * 2) virtual",
        good="alter table bill add column gross integer generated always as (net * 2) stored",
        also=(("column:bill.gross", "definition"),),
    ),
    case(
        "a-column-comes-back-at-the-end",
        ("column:item.code", "position"),
        before="update item set code = null",
        up="alter table item drop column code",
        down="alter table item add column code varchar(60)",
        good="alter table item add column code varchar(60) after shop_id",
        also=(("column:item.price", "position"),),
    ),
    case(
        "a-check-of-a-column-is-lost",
        ("column:bill.n", "definition"),
        before="create table bill (n integer check (n > 0))",
        up="alter table bill modify n bigint",
        down="alter table bill modify n integer",
        good="alter table bill modify n integer check (n > 0)",
    ),
    case(
        "a-label-of-an-enum-is-left-behind",
        ("column:bill.mood", "type"),
        before="create table bill (mood enum('sad', 'ok'))",
        up="alter table bill modify mood enum('sad', 'ok', 'happy')",
        good="alter table bill modify mood enum('sad', 'ok')",
        also=(("column:bill.mood", "definition"),),
    ),
    case(
        "the-labels-of-an-enum-change-their-order",
        ("column:bill.mood", "type"),
        before="create table bill (mood enum('sad', 'ok'))",
        up="alter table bill modify mood varchar(9)",
        down="alter table bill modify mood enum('ok', 'sad')",
        good="alter table bill modify mood enum('sad', 'ok')",
        also=(("column:bill.mood", "definition"),),
    ),
    case(
        "a-column-is-left-behind",
        ("column:item.extra", None),
        up="alter table item add column extra integer",
        good="alter table item drop column extra",
        also=(("rows:item", "column extra"), ("rows:item", "rows")),
    ),
)

_FK = "alter table item add constraint fk_item_shop foreign key (shop_id) references shop (id)"
_CONSTRAINTS = (
    case(
        "a-check-is-lost",
        ("constraint:shop.ck_shop_size", None),
        up="alter table shop drop constraint ck_shop_size",
        good="alter table shop add constraint ck_shop_size check (size > 0)",
    ),
    case(
        "a-check-is-weaker",
        ("constraint:shop.ck_shop_size", "definition"),
        up="alter table shop drop constraint ck_shop_size",
        down="alter table shop add constraint ck_shop_size check (size >= 0)",
        good="alter table shop add constraint ck_shop_size check (size > 0)",
    ),
    case(
        "a-foreign-key-does-something-else-on-delete",
        ("constraint:item.fk_item_shop", "definition"),
        up="alter table item drop foreign key fk_item_shop",
        down=_FK,
        good=f"{_FK} on delete cascade",
    ),
    case(
        "a-foreign-key-gets-another-name",
        ("constraint:item.item_ibfk_1", None),
        up="alter table item drop foreign key fk_item_shop",
        down="alter table item add foreign key (shop_id) references shop (id) on delete cascade",
        good=f"{_FK} on delete cascade",
        also=(("constraint:item.fk_item_shop", None),),
    ),
    case(
        "the-implicit-index-of-a-foreign-key-is-left-behind",
        ("index:bill.fk_bill", None),
        before="create table bill (item_id integer)",
        up="alter table bill add constraint fk_bill foreign key (item_id) references item (id)",
        down="alter table bill drop foreign key fk_bill",
        good="alter table bill drop foreign key fk_bill, drop key fk_bill",
    ),
    case(
        "a-unique-key-is-lost",
        ("index:item.uq", None),
        before="alter table item add unique key uq (code)",
        up="alter table item drop key uq",
        good="alter table item add unique key uq (code)",
        also=(("index:item.ix_shop", "position"),),
    ),
    case(
        "the-primary-key-is-lost",
        ("index:item.PRIMARY", None),
        up="alter table item drop primary key",
        good="alter table item add primary key (id)",
        also=(("index:item.ix_shop", "position"),),
    ),
)


def _index(name: str, was: str, becomes: str, *also: tuple[str, str]) -> Case:
    """An index on item, dropped, that comes back with another definition."""
    return case(
        name,
        ("index:item.ix", "definition"),
        before=f"create {was}",
        up="drop index ix on item",
        down=f"create {becomes}",
        good=f"create {was}",
        also=also,
    )


_INDEXES = (
    _index("an-index-forgets-a-column", "index ix on item (code, price)", "index ix on item (code)"),
    _index(
        "the-columns-of-an-index-change-their-order", "index ix on item (code, price)", "index ix on item (price, code)"
    ),
    _index("the-prefix-of-an-index-is-lost", "index ix on item (code(10))", "index ix on item (code)"),
    _index("the-direction-of-an-index-is-lost", "index ix on item (code desc)", "index ix on item (code)"),
    _index(
        "an-index-is-no-longer-unique",
        "unique index ix on item (code)",
        "index ix on item (code)",
        ("index:item.ix", "position"),
        ("index:item.ix_shop", "position"),
    ),
    _index("a-full-text-index-becomes-a-plain-one", "fulltext index ix on item (code)", "index ix on item (code)"),
    _index("a-hash-index-becomes-a-tree", "index ix using hash on item (code)", "index ix on item (code)"),
    _index("the-comment-of-an-index-is-lost", "index ix on item (code) comment 'fast'", "index ix on item (code)"),
    _index("an-index-is-ignored", "index ix on item (code)", "index ix on item (code) ignored"),
)

_TABLES = (
    case(
        "the-comment-of-a-table-is-lost",
        ("table:shop", "comment"),
        up="alter table shop comment = 'Stores'",
        down="alter table shop comment = ''",
        good="alter table shop comment = 'Shops'",
        also=(("table:shop", "options"),),
    ),
    case(
        "the-collation-of-a-table-is-another",
        ("table:bill", "collation"),
        before="create table bill (n integer) default charset=utf8mb4 collate=utf8mb4_bin",
        up="alter table bill default charset=utf8mb4 collate=utf8mb4_general_ci",
        good="alter table bill default charset=utf8mb4 collate=utf8mb4_bin",
        also=(("table:bill", "options"),),
    ),
    case(
        "the-row-format-is-another",
        ("table:item", "row_format"),
        before="alter table item row_format=compact",
        up="alter table item row_format=dynamic",
        good="alter table item row_format=compact",
        also=(("table:item", "options"), ("table:item", "create_options")),
    ),
    case(
        "the-engine-is-another",
        ("table:bill", "engine"),
        before="create table bill (n integer) engine=InnoDB",
        up="alter table bill engine=MyISAM",
        good="alter table bill engine=InnoDB",
        also=(("table:bill", "options"), ("table:bill", "row_format")),
    ),
    case(
        "system-versioning-is-lost",
        ("table:bill", "versioned"),
        before="create table bill (n integer) with system versioning",
        up="alter table bill drop system versioning",
        good="alter table bill add system versioning",
        also=(("table:bill", "options"), ("rows:bill", "history")),
    ),
    case(
        "partitions-are-cut-otherwise",
        ("table:log", "options"),
        before="""create table log (day integer) partition by range (day)
                   (partition a values less than (10), partition b values less than (20))""",
        up="alter table log remove partitioning",
        down="alter table log partition by range (day) (partition a values less than (20))",
        good="""alter table log partition by range (day)
                 (partition a values less than (10), partition b values less than (20))""",
    ),
    case(
        "a-table-is-left-behind",
        ("table:more", None),
        up="create table more (id integer)",
        good="drop table more",
        also=(("column:more.id", None), ("rows:more", None)),
    ),
    case(
        "the-collation-of-the-database-is-another",
        ("database:main", "collation"),
        up="alter database collate utf8mb4_bin",
        good="alter database collate utf8mb4_general_ci",
    ),
    case(
        "the-comment-of-the-database-is-left-behind",
        ("database:main", "comment"),
        up="alter database comment 'mine'",
        good="alter database comment ''",
    ),
)

_TRIGGER = "create trigger {} before insert on item for each row {} set new.code = '{}'"
_EVENT = "create event nightly on schedule every {} day starts '2030-01-01' disable do delete from item"
_PLUS = "create function plus(a integer) returns integer {} return a + {}"
_CODE = (
    case(
        "the-definition-of-a-view-changed",
        ("view:big", "definition"),
        before="create view big as select id from shop where size > 1",
        up="drop view big",
        down="create view big as select id from shop where size >= 1",
        good="create view big as select id from shop where size > 1",
    ),
    case(
        "a-view-runs-with-other-rights",
        ("view:big", "definition"),
        before="create sql security invoker view big as select id from shop",
        up="drop view big",
        down="create view big as select id from shop",
        good="create sql security invoker view big as select id from shop",
    ),
    case(
        "the-check-option-of-a-view-is-lost",
        ("view:big", "definition"),
        before="create view big as select id, size from shop where size > 1 with check option",
        up="drop view big",
        down="create view big as select id, size from shop where size > 1",
        good="create view big as select id, size from shop where size > 1 with check option",
    ),
    case(
        "a-trigger-is-lost",
        ("trigger:item.tr", None),
        before=_TRIGGER.format("tr", "", "a"),
        up="drop trigger tr",
        good=_TRIGGER.format("tr", "", "a"),
    ),
    case(
        "the-body-of-a-trigger-changed",
        ("trigger:item.tr", "statement"),
        before=_TRIGGER.format("tr", "", "a"),
        up="drop trigger tr",
        down=_TRIGGER.format("tr", "", "b"),
        good=_TRIGGER.format("tr", "", "a"),
    ),
    case(
        "triggers-run-in-another-order",
        ("trigger:item.t1", "order"),
        before=(_TRIGGER.format("t1", "", "a"), _TRIGGER.format("t2", "", "b")),
        up="drop trigger t1",
        down=_TRIGGER.format("t1", "", "a"),
        good=_TRIGGER.format("t1", "precedes t2", "a"),
        also=(("trigger:item.t2", "order"),),
    ),
    case(
        "a-procedure-changed",
        ("procedure:work", "definition"),
        before="create procedure work() delete from item",
        up="drop procedure work",
        down="create procedure work() delete from shop",
        good="create procedure work() delete from item",
    ),
    case(
        "a-procedure-is-left-behind",
        ("procedure:work", None),
        up="create procedure work() delete from item",
        good="drop procedure work",
    ),
    case(
        "the-body-of-a-function-changed",
        ("function:plus", "definition"),
        before=_PLUS.format("deterministic", 1),
        up="drop function plus",
        down=_PLUS.format("deterministic", 2),
        good=_PLUS.format("deterministic", 1),
    ),
    case(
        "a-function-is-no-longer-deterministic",
        ("function:plus", "definition"),
        before=_PLUS.format("deterministic", 1),
        up="drop function plus",
        down=_PLUS.format("not deterministic", 1),
        good=_PLUS.format("deterministic", 1),
    ),
    case(
        "a-function-is-lost-beside-a-procedure-of-its-name",
        ("function:plus", None),
        before=("create procedure plus() delete from item", _PLUS.format("deterministic", 1)),
        up="drop function plus",
        good=_PLUS.format("deterministic", 1),
    ),
    case(
        "a-function-runs-in-another-sql-mode",
        ("function:plus", "sql_mode"),
        before=("set sql_mode = 'STRICT_ALL_TABLES'", _PLUS.format("deterministic", 1)),
        up="drop function plus",
        down=("set sql_mode = 'PIPES_AS_CONCAT'", _PLUS.format("deterministic", 1)),
        good=("set sql_mode = 'STRICT_ALL_TABLES'", _PLUS.format("deterministic", 1)),
    ),
    case(
        "an-event-runs-at-another-time",
        ("event:nightly", "definition"),
        before=_EVENT.format(1),
        up="drop event nightly",
        down=_EVENT.format(2),
        good=_EVENT.format(1),
    ),
    case(
        "an-event-stays-disabled",
        ("event:nightly", "definition"),
        before=_EVENT.format(1).replace("disable", "enable"),
        up="alter event nightly disable",
        good="alter event nightly enable",
    ),
    case(
        "the-increment-of-a-sequence-changed",
        ("sequence:counter", "definition"),
        before="create sequence counter start 10 increment 5",
        up="drop sequence counter",
        down="create sequence counter start 10 increment 1",
        good="create sequence counter start 10 increment 5",
    ),
    case(
        "a-grant-is-left-behind",
        ("privileges:item.'faults_reader'@'localhost'", None),
        before=("drop user if exists faults_reader@localhost", "create user faults_reader@localhost"),
        up="grant select on item to faults_reader@localhost",
        good=("revoke select on item from faults_reader@localhost", "drop user faults_reader@localhost"),
    ),
)

_ITEM = ("count", "column shop_id", "column id")
_ROWS = (
    case(
        "rows-are-lost",
        ("rows:item", "rows"),
        up="create table bin as select * from item where code is null",
        down=("delete from item where code is null", "drop table bin"),
        good="drop table bin",
        also=tuple(("rows:item", fact) for fact in _ITEM),
    ),
    case(
        "rows-of-another-table-are-removed",
        ("rows:item", "count"),
        up=("create table bin as select * from item", "set foreign_key_checks = 1", "delete from shop where id = 1"),
        down=(
            (
                "insert into shop (id, name, city, size, born, seen) values"
                " (1, 'a', 'Ulm', 1, '2024-01-02 03:04:05.123456', '2024-01-01')"
            ),
            "drop table bin",
        ),
        good=(
            (
                "insert into shop (id, name, city, size, born, seen) values"
                " (1, 'a', 'Ulm', 1, '2024-01-02 03:04:05.123456', '2024-01-01')"
            ),
            "insert into item select * from bin where shop_id = 1",
            "drop table bin",
        ),
        also=tuple(("rows:item", fact) for fact in ("rows", "column code", "column price", *_ITEM[1:])),
    ),
    case(
        "values-are-swapped-between-rows",
        ("rows:item", "rows"),
        up="update item set price = price + 1",
        down="update item set price = case id when 1 then 2.5 when 2 then 1.25 end",
        good="update item set price = price - 1",
    ),
    case(
        "null-becomes-the-empty-text",
        ("rows:shop", "column city"),
        up="update shop set city = '?' where id = 2",
        down="update shop set city = '', seen = null where id = 2",
        good="update shop set city = null, seen = null where id = 2",
        also=(("rows:shop", "rows"),),
    ),
    case(
        "microseconds-are-cut",
        ("rows:shop", "column born"),
        before="alter table shop modify seen timestamp null",
        up=("create table kept as select id, born from shop", "alter table shop modify born datetime"),
        down=(_BORN, "drop table kept"),
        good=(_BORN, "update shop join kept using (id) set shop.born = kept.born", "drop table kept"),
        also=(("rows:shop", "rows"),),
    ),
    case(
        "the-digits-of-a-float-are-cut",
        ("rows:bill", "column n"),
        before=("create table bill (id integer, n float)", "insert into bill values (1, 1.2345678)"),
        up="update bill set n = 2",
        down="update bill set n = 1.23457",
        good="update bill set n = 1.2345678",
        also=(("rows:bill", "rows"),),
    ),
    case(
        "letters-of-another-character-set-are-lost",
        ("rows:bill", "column word"),
        before=(
            "create table bill (id integer, word varchar(9)) default charset=utf8mb4",
            "insert into bill values (1, 'ł')",
        ),
        up=(
            "create table kept as select * from bill",
            "set sql_mode = ''",
            "alter table bill modify word varchar(9) character set latin1",
        ),
        down=("alter table bill modify word varchar(9)", "drop table kept"),
        good=(
            "alter table bill modify word varchar(9)",
            "update bill join kept using (id) set bill.word = kept.word",
            "drop table kept",
        ),
        also=(("rows:bill", "rows"),),
    ),
    case(
        "auto-increment-begins-again",
        ("rows:bill", "position"),
        before=("create table bill (id integer auto_increment primary key)", "alter table bill auto_increment = 50"),
        up="drop table bill",
        down="create table bill (id integer auto_increment primary key)",
        good=("create table bill (id integer auto_increment primary key)", "alter table bill auto_increment = 50"),
    ),
    case(
        "a-sequence-begins-again",
        ("rows:counter", "position"),
        before=("create sequence counter nocache", "select setval(counter, 41)"),
        up="drop sequence counter",
        down="create sequence counter nocache",
        good=("create sequence counter nocache", "select setval(counter, 41)"),
    ),
    case(
        "the-history-of-a-table-is-lost",
        ("rows:bill", "history"),
        before=(
            "create table bill (id integer primary key, n integer) with system versioning",
            "insert into bill values (1, 1)",
            "update bill set n = 2",
        ),
        up="create table other (id integer)",
        down=("delete history from bill", "drop table other"),
        good="drop table other",
    ),
)

CASES: tuple[Case, ...] = (*_COLUMNS, *_CONSTRAINTS, *_INDEXES, *_TABLES, *_CODE, *_ROWS)
