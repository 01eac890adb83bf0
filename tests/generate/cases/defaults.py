"""What the server fills in where nothing is given."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tests.generate.cases.case import MYSQL, POSTGRESQL, SQLITE, Case, Pair, both, item

C = sa.Column
ROW = ("insert into item (id, it) values (1, null)",)
_LINE = "server default add/change/drop"
_SAME = "default `now()` unchanged, `true/false` unchanged"
_QUOTED = "default with quote or empty string"


def text(default=None, **options):
    """A text column with a default."""
    return lambda m: item(m, C("it", sa.String(50), server_default=default, **options))


def number(default=None):
    """An integer column with a default."""
    return lambda m: item(m, C("it", sa.Integer, server_default=default))


def moment(default=None, **options):
    """A moment with a default."""
    return lambda m: item(m, C("it", sa.DateTime(**options), server_default=default))


def flag(default=None):
    """A flag with a default."""
    return lambda m: item(m, C("it", sa.Boolean, server_default=default))


def json(default=None, type_=sa.JSON):
    """A JSON document with a default."""
    return lambda m: item(m, C("it", type_, server_default=default))


CASES: tuple[Case, ...] = (
    *both("a default is added", "a default is removed", text(), text("new"), rows=ROW, line=_LINE),
    Case("a default changes", text("new"), text("old"), rows=ROW, line=_LINE),
    *both("a number's default is added", "a number's default is removed", number(), number("7"), rows=ROW),
    Case("a number's default changes its sign", number("7"), number("-7"), rows=ROW),
    *both("a moment's default is added", "a moment's default is removed", moment(), moment(sa.func.now()), rows=ROW),
    Case("a moment's default stays as it is", moment(sa.func.now()), moment(sa.func.now()), rows=ROW, line=_SAME,
         left_alone="nothing differs"),
    Case("a flag's default stays as it is", flag(sa.true()), flag(sa.true()), rows=ROW, line=_SAME,
         left_alone="nothing differs"),
    Case("a flag's default is turned", flag(sa.true()), flag(sa.false()), rows=ROW),
    Case("a default with a quote stays as it is", text("it's"), text("it's"), line=_QUOTED,
         left_alone="nothing differs"),
    *both("a default with a quote is added", "a default with a quote is removed", text(), text("it's"), rows=ROW),
    Case("an empty default stays as it is", text(""), text(""), line=_QUOTED, left_alone="nothing differs"),
    *both("an empty default is added", "an empty default is removed", text(), text(""), rows=ROW),
    *both("a default that means something elsewhere is added", "a default that means something elsewhere is removed",
          text(), text('50% :x %(y)s {z} \\n "q" -- `t`'), rows=ROW),
    Case("a default of NULL is removed", text(sa.text("NULL")), text(), rows=ROW, engines=(SQLITE, POSTGRESQL),
         reason="MariaDB does not tell it from none"),
    Case("an expression's default changes", number(sa.text("(1 + 2)")), number(sa.text("(1 + 3)")), rows=ROW),
    *both("a JSON document's default is added", "a JSON document's default is removed", json(), json(sa.text("'{}'")),
          line=Pair(("`JSON` default `'{}'`", ""))),
    Case("a JSON document's default changes", json(sa.text("'{}'")), json(sa.text("'[1]'"))),
    Case("a JSONB document's default changes", json(sa.text("'{}'::jsonb"), postgresql.JSONB),
         json(sa.text("'{\"a\": [1]}'::jsonb"), postgresql.JSONB), engines=(POSTGRESQL,),
         reason="only PostgreSQL has JSONB"),
    Case("an array's default changes", json(sa.text("'{}'"), postgresql.ARRAY(sa.Integer)),
         json(sa.text("'{1,2}'"), postgresql.ARRAY(sa.Integer)), engines=(POSTGRESQL,),
         reason="only PostgreSQL has arrays"),
    *both("a moment that follows updates is added", "a moment that follows updates is removed",
          moment(sa.text("CURRENT_TIMESTAMP")), moment(sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")),
          rows=ROW, engines=(MYSQL,), reason="only MariaDB has ON UPDATE"),
    Case("a required column's default changes", text("new", nullable=False), text("it's %", nullable=False),
         rows=("insert into item (id) values (1)",), then={"select it from item": [("new",)]}),
)  # fmt: skip
