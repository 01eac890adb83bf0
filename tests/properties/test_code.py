"""Any statement as data is printed as source that says the same, laid out as ruff lays it out."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import sqlalchemy as sa
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql, sqlite

from bothways.code import SQL, WIDTH, Block, Call, imports, layout, sql

RUFF = Path(sys.executable).with_name("ruff")
SETTINGS = Path(__file__).parents[2] / "pyproject.toml"
DIALECTS = (sqlite.dialect(), postgresql.asyncpg.dialect(), mysql.pymysql.dialect())

texts = (
    st.text(max_size=60) | st.text(alphabet="ab '\":\\%\n\t{}#é", max_size=90) | st.text(alphabet="word ", max_size=200)
)
roots = st.sampled_from(["op", "sa", "mysql", "postgresql", "sqlite"])
names = st.builds(
    "{}.{}".format, roots, st.sampled_from(["f", "create_table", "Column", "a_rather_long_name_of_a_function"])
)
keywords = st.sampled_from(["unique", "schema", "existing_type", "a_rather_long_keyword_of_a_call"])
atoms = texts | st.integers() | st.booleans() | st.none()


def calls(parts):
    return st.builds(Call, names, st.lists(parts, max_size=6).map(tuple), st.dictionaries(keywords, parts, max_size=3))


expressions = st.recursive(atoms, lambda parts: st.lists(parts, max_size=6) | calls(parts), max_leaves=25)
# A line may neither begin nor end inside a literal, and ends without blanks.
lines = st.text(alphabet="ab '\":\\%#é👍", max_size=90).map(str.rstrip) | st.sampled_from(
    ["", '"""', "\\", "a::b", "x'\\"]
)
bodies_of_routines = st.text(alphabet='ab"\\\n :', min_size=2, max_size=30)
statements = (
    calls(expressions)
    | (texts | bodies_of_routines).map(sql)
    | st.lists(lines, min_size=2, max_size=5).map(lambda x: sql(*x))
)
bodies = st.lists(
    statements | st.lists(statements, min_size=1, max_size=2).map(lambda x: Block(tuple(x))), min_size=1, max_size=3
)


class Recorder:
    """Stands for a module: what is called is remembered as the data that it was."""

    def __init__(self, name, made) -> None:
        self._name = name
        self._made = made

    def __getattr__(self, name):
        return Recorder(f"{self._name}.{name}", self._made)

    def __call__(self, *arguments, **keywords):
        made = Call(self._name, arguments, keywords)
        self._made.append(made)
        return made


def source(codes) -> str:
    printed = [line for code in codes for line in layout(code, 4)]
    return "\n".join([*imports(codes), "", "", "def upgrade() -> None:", *printed, ""])


def outermost(made):
    """The statements among the calls, without those that are their parts."""
    inner = {id(part) for one in made for part in _parts(one)}
    return [one for one in made if id(one) not in inner]


def _parts(code):
    if isinstance(code, Call):
        code = [*code.arguments, *code.keywords.values()]
    if isinstance(code, list):
        for part in code:
            yield part
            yield from _parts(part)


def evaluated(text) -> list:
    made: list[Call] = []
    module = {name: Recorder(name, made) for name in ("op", "sa", "mysql", "postgresql", "sqlite")}
    module["op"].__dict__["get_context"] = lambda: SimpleNamespace(autocommit_block=nullcontext)
    body = text[text.index("def upgrade") :]
    exec(compile(body, "<printed>", "exec"), module)
    module["upgrade"]()
    return outermost(made)


def flat(codes):
    for code in codes:
        yield from (flat(code.body) if isinstance(code, Block) else (code,))


def same(printed: Call, code) -> None:
    if isinstance(code, SQL):
        assert printed.name == "op.execute"
        (given,) = printed.arguments
        executed = sa.text(given)
        for dialect in DIALECTS:
            compiled = executed.compile(dialect=dialect)
            assert not compiled.params
            assert laid(str(compiled), dialect) == [line.strip(" ") for line in laid(code.text)]
    else:
        assert printed == code


def laid(text, dialect=None) -> list[str]:
    if dialect is not None and dialect.paramstyle in {"format", "pyformat"}:
        text = text.replace("%%", "%")
    return [line.strip(" ") for line in text.strip("\n ").split("\n")]


@settings(max_examples=60)
@given(bodies)
@example([sql("select ':a'", "from b")])
@example([sql("select 'a\\:b', \\:c")])
@example([sql("\\:")])
@example([sql("select a::b, a:::b, ':'':'")])
def test_what_is_printed_says_what_it_was_printed_from(codes):
    printed = evaluated(source(codes))
    wanted = list(flat(codes))
    assert len(printed) == len(wanted)
    for one, code in zip(printed, wanted, strict=True):
        same(one, code)


@settings(max_examples=40)
@given(bodies)
def test_ruff_finds_nothing_to_lay_out_otherwise(codes):
    text = source(codes)
    # Some letters of other scripts are two wide to ruff; that a line is broken too late for them is no harm.
    assume(max(map(ord, text)) < 0x300)
    command = [RUFF, "format", "--config", SETTINGS, "--stdin-filename", "revision.py", "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    assert done.stdout.decode() == text


def test_a_long_statement_is_one_of_several_literals_none_of_which_is_too_wide():
    statement = sql("UPDATE u SET n = " + " + ".join(f"IF(it = 'it''s :{n}', \\:{n}, \"é\")" for n in range(30)))
    text = source([statement])
    assert max(map(len, text.splitlines())) <= WIDTH
    (printed,) = evaluated(text)
    same(printed, statement)


def test_a_name_that_is_none_is_refused():
    for name in ("op.drop; import os", "", "a..b", "op.f()", "1a", "op.é b"):
        try:
            Call(name)
        except ValueError:
            continue
        raise AssertionError(name)
