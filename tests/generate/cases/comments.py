"""What a database says of itself to people."""

from __future__ import annotations

import sqlalchemy as sa

from tests.generate.cases.case import MYSQL, POSTGRESQL, Case, Models, both, item

C = sa.Column
ROWS = ("insert into item (id, a) values (1, 10)",)
SEEN = {"select id, a from item": [(1, 10)]}
SAID = {"engines": (POSTGRESQL, MYSQL), "reason": "SQLite has no comments", "rows": ROWS, "then": SEEN}
PG = {**SAID, "engines": (POSTGRESQL,), "reason": "elsewhere these have no comments"}
ODD = 'It\'s "100%" :x %(y)s \\n {z}\nand `more`; -- ü'


def of_table(comment=None) -> Models:
    """A table with a comment."""
    return lambda m: item(m, C("a", sa.Integer), comment=comment)


def of_column(comment=None, **options) -> Models:
    """A column with a comment."""
    return lambda m: item(m, C("a", sa.Integer, comment=comment, **options))


def of_constraints(comment=None) -> Models:
    """A check, a unique constraint and a key with comments."""
    return lambda m: item(
        m,
        C("a", sa.Integer),
        sa.CheckConstraint("a > 0", name="ck_item_a", comment=comment),
        sa.UniqueConstraint("a", name="uq_item_a", comment=comment),
        sa.ForeignKeyConstraint(["a"], ["item.id"], name="fk_item_a", comment=comment, use_alter=False),
    )


def _rows_for_constraints():
    return {**PG, "rows": ("insert into item (id, a) values (1, 1)",), "then": {"select a from item": [(1,)]}}


_LINE = "comments table/column"

CASES: tuple[Case, ...] = (
    *both("a table's comment is added", "a table's comment is removed", of_table(), of_table("Things"), line=_LINE,
          **SAID),
    Case("a table's comment changes", of_table("Things"), of_table(ODD), line=_LINE, **SAID),
    *both("a column's comment is added", "a column's comment is removed", of_column(), of_column("How many"),
          line=_LINE, **SAID),
    Case("a column's comment changes", of_column("How many"), of_column(ODD), line=_LINE, **SAID),
    Case("the comment of a required column with a default changes",
         of_column("a", nullable=False, server_default="5"), of_column("b", nullable=False, server_default="5"),
         **SAID),
    *both("comments of constraints are added", "comments of constraints are removed", of_constraints(),
          of_constraints(ODD), line="comments on constraints", **_rows_for_constraints()),
    Case("comments of constraints change", of_constraints("a"), of_constraints("b"), **_rows_for_constraints()),
)  # fmt: skip
