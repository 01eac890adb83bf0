"""``bothways revision``: one change of the models becomes a revision in every branch, proved, or nothing at all."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bothways import cli, scratch
from bothways.history import History
from bothways.project import Project
from tests.conftest import ENGINES

ROOT = Path(__file__).parents[2]
HEAD = """
import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
"""
SHOP = """
sa.Table(
    "products",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("price", sa.Numeric(10, 2), nullable=False),
    sa.CheckConstraint("price >= 0", name="price"),
)
"""
INDEX = '\nsa.Index("ix_name", metadata.tables["products"].c.name)\n'
RUNNER = CliRunner()


class Shop:
    """A project with a branch an engine, in a folder of its own."""

    def __init__(self, folder: Path, module: str) -> None:
        self.folder = folder
        self.module = module
        self.engines = ENGINES
        for engine in ENGINES:
            (folder / "migrations" / "versions" / engine).mkdir(parents=True)
        shutil.copy(ROOT / "migrations" / "script.py.mako", folder / "migrations")
        (folder / "migrations" / "env.py").write_text(
            f"from bothways.env import run\nfrom {module} import metadata\n\nrun(metadata)\n"
        )
        sections = "".join(f"\n[{e}]\nversion_locations = %(here)s/migrations/versions/{e}\n" for e in ENGINES)
        (folder / "alembic.ini").write_text(
            "[DEFAULT]\nscript_location = %(here)s/migrations\nprepend_sys_path = %(here)s\npath_separator = newline\n"
            f"bothways.models = {module}:metadata\n{sections}"
        )

    def models(self, text: str) -> None:
        """Write the models anew."""
        (self.folder / f"{self.module}.py").write_text(HEAD + text)
        sys.modules.pop(self.module, None)

    def files(self, engine: str) -> list[Path]:
        return sorted((self.folder / "migrations" / "versions" / engine).glob("*.py"))

    def everything(self) -> dict[str, str]:
        versions = self.folder / "migrations" / "versions"
        return {str(p.relative_to(versions)): p.read_text() for p in sorted(versions.rglob("*.py"))}

    def run(self, *words: str, code: int = 0, as_json: bool = False) -> str:
        sys.modules.pop(self.module, None)
        sys.path_importer_cache.pop(str(self.folder), None)
        only = [w for e in self.engines for w in ("-d", e)] if words[0] != "history" else []
        more = ["-o", "json"] if as_json else []
        done = RUNNER.invoke(cli.app, ["-q", words[0], *only, *words[1:], *more])
        assert done.exit_code == code, (done.output, done.exception)
        return done.stdout if code < 2 else done.output

    def revision(self, message: str, *words: str, code: int = 0) -> dict:
        return json.loads(self.run("revision", "-m", message, *words, code=code, as_json=True))


@pytest.fixture
def shop(tmp_path, servers, monkeypatch):
    """A shop whose first revision is written."""
    module = f"shop_{tmp_path.name.replace('-', '_')}"
    made = Shop(tmp_path, module)
    monkeypatch.chdir(tmp_path)
    for engine in ENGINES:
        monkeypatch.setenv(f"BOTHWAYS_{engine.upper()}_URL", servers[engine].reveal())
    made.models(SHOP)
    made.revision("Begin")
    yield made
    sys.modules.pop(module, None)


def with_note(more: str = "") -> str:
    return SHOP.replace(
        "    sa.CheckConstraint", f'    sa.Column("note", sa.String(200){more}),\n    sa.CheckConstraint'
    )


def verdicts(report: dict) -> set[str]:
    return {p["verdict"] for p in report["proof"]["proofs"]}


def test_a_change_of_the_models_is_one_proved_change_in_every_branch(shop):
    shop.models(with_note())
    report = shop.revision("Add a note to products")
    assert report["change"] == "add-a-note-to-products"
    assert verdicts(report) == {"lossless"}
    project = Project.load("alembic.ini", environ={})
    for engine in ENGINES:
        history = History.load(project.branch(engine))
        assert [r.change for r in history.revisions] == ["begin", "add-a-note-to-products"]
        assert history.revisions[1].parents == (history.revisions[0].id,)
        assert history.revisions[0].labels == (engine,)
    assert "equal" in shop.run("check")


def test_where_models_and_heads_agree_nothing_is_written(shop):
    before = shop.everything()
    assert "nothing to write" in shop.run("revision", "-m", "Nothing")
    names = [word for engine in shop.engines for word in ("-d", engine)]
    done = RUNNER.invoke(cli.app, ["-q", "revision", *names, "-m", "Nothing", "--sql"])
    assert (done.exit_code, done.stdout) == (0, "")
    assert "nothing to write" in done.stderr
    assert shop.everything() == before


def test_a_branch_that_comes_later_with_the_same_message_joins_the_change(shop):
    def change(*engines):
        shop.engines = engines
        return shop.revision("Add a note")["change"]

    shop.models(with_note())
    assert change("mysql", "sqlite") == "add-a-note"
    assert change("postgresql") == "add-a-note"
    shop.models(SHOP)
    assert change("sqlite") == "add-a-note-2"


def test_the_end_names_who_was_not_asked_for_and_upgrades_only_what_was_written(shop):
    shop.models(with_note())
    shop.engines = ("mysql",)
    told = shop.run("revision", "-m", "Add a note").splitlines()
    command = "bothways revision -m … -d sqlite -d postgresql"
    assert told[-2] == f"not asked for: sqlite, postgresql; where the change is missing: {command}"
    shop.engines = ENGINES
    told = shop.run("revision", "-m", "Add a note").splitlines()
    assert "mysql: nothing to write" in told
    assert told[-1] == "next: read the files, then bothways upgrade sqlite && bothways upgrade postgresql"
    assert not any("not asked for" in line for line in told)


@pytest.mark.parametrize(
    ("column", "engines", "told"),
    [
        ('sa.ForeignKey("prodcts.id")', ENGINES, ("no table prodcts", "did you mean products?")),
        ("postgresql.INET", ("mysql", "sqlite"), ("has the type INET, which the engine lacks", ".with_variant(…)")),
    ],
)
def test_check_tells_what_cannot_be_made_in_the_words_of_revision(shop, column, engines, told):
    table = f"""sa.Table(
    "note",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("more", {column}),
)
"""
    shop.models("from sqlalchemy.dialects import postgresql\n" + SHOP + table)
    for shop.engines in [(engine,) for engine in engines]:
        (checked, drafted) = (shop.run(*words, code=2) for words in (("check",), ("revision", "-m", "Add notes")))
        assert checked == drafted
        assert all(words in checked for words in told)
        assert f"{shop.module}.py:" in checked
        assert ".ddl_if" not in checked
        assert "0x" not in checked


def test_check_tells_the_servers_words_and_asks_for_no_names_that_only_a_draft_needs(shop):
    shop.engines = ("sqlite",)
    shop.models("metadata = sa.MetaData()\n" + SHOP.replace('"price >= 0", name="price"', '"nope >= 0"'))
    checked = shop.run("check", code=2)
    assert "sqlite refuses table products: no such column: nope" in checked
    assert "without a name" not in checked
    assert "CHECK without a name" in shop.run("revision", "-m", "Add a note", code=2)


def test_a_dry_run_shows_the_code_and_sql_shows_both_ways_and_neither_writes(shop):
    before = shop.everything()
    shop.models(with_note())
    shown = shop.run("revision", "-m", "Add a note", "--dry-run")
    assert shown.count("def downgrade() -> None:") == len(ENGINES)
    sql = shop.run("revision", "-m", "Add a note", "--sql")
    assert sql.upper().count("ADD COLUMN") == len(ENGINES)
    assert "DROP COLUMN" in sql.upper()
    assert shop.everything() == before


def ruff(shop: Shop, *words: str) -> None:
    """Ruff finds nothing in the project's revisions."""
    done = subprocess.run(
        [Path(sys.executable).with_name("ruff"), *words, "--no-cache", "--line-length", "120", "migrations/versions"],
        cwd=shop.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_new_revision_is_as_ruff_would_have_it_and_needs_no_import_that_it_has_not(shop):
    shop.models(with_note() + INDEX)
    shop.revision("Add a note and an index")
    ruff(shop, "format", "--check")
    ruff(shop, "check", "--select", "E,F,I,Q,UP,W")


def test_the_same_change_gives_the_same_files_whatever_the_hash_seed(shop):
    shop.models(with_note() + INDEX + SHOP.replace("products", "b") + SHOP.replace("products", "a"))
    shown = set()
    for seed in range(12) if os.environ.get("HYPOTHESIS_PROFILE") == "long" else (1, 2):
        done = subprocess.run(
            [sys.executable, "-m", "bothways", "-q", "revision", "-m", "More", "--dry-run", "-o", "json"],
            cwd=shop.folder, env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        shown.add(done.stdout)
    assert len(shown) == 1


@pytest.mark.parametrize(
    "message", ['"""; import os; os.remove("x")', "../../outside", "a\\", "${1/0} <% raise %>", "x" * 200, "é"]
)
def test_a_message_is_text_and_never_code_or_a_path(shop, message):
    shop.models(with_note())
    shop.engines = ("sqlite",)
    before = set(shop.files("sqlite"))
    shop.revision(message)
    (new,) = set(shop.files("sqlite")) - before
    tree = ast.parse(new.read_text())
    kinds = [type(node) for node in tree.body]
    assert kinds[0] is ast.Expr
    assert set(kinds[1:]) <= {ast.Import, ast.ImportFrom, ast.Assign, ast.FunctionDef}
    assert (ast.get_docstring(tree) or "").partition("\n")[0] == message


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ("", "is empty"),
        (" \t", "is empty"),
        ("x" * 5_000, "has 5,000 characters, and there is room for 200"),
        ("one line\nand another", "it is one line of text"),
        ('"""\nimport os\nos.remove("x")\n"""', "it is one line of text"),
        ("a\0b", "can't be printed, '\\x00'"),
        ("\x1b[31mred", "can't be printed"),
        ("\u202eright to left", "can't be printed"),
    ],
)
def test_a_message_that_is_no_line_of_text_is_refused_before_anything_is_written(shop, message, problem):
    shop.models(with_note())
    before = shop.everything()
    assert problem in shop.run("revision", "-m", message, code=2)
    assert shop.everything() == before


@pytest.mark.parametrize("folder", ["my-branch", "Caps", "a b", "x.y", "ünï", "a'b", "[z]", "x" * 33, "head", "base"])
def test_a_folder_whose_name_is_no_label_is_refused_before_anything_is_written(shop, folder):
    (shop.folder / "migrations" / "versions" / folder).mkdir()
    ini = shop.folder / "alembic.ini"
    ini.write_text(f"{ini.read_text()}\n[other]\nversion_locations = %(here)s/migrations/versions/{folder}\n")
    ini.write_text(f"{ini.read_text()}sqlalchemy.url = sqlite:///other.db\n")
    shop.engines = ("sqlite", "other")
    shop.models(with_note())
    before = shop.everything()
    assert "rename the folder, for example to" in shop.run("revision", "-m", "Add", code=2)
    assert shop.everything() == before


def test_a_column_that_goes_is_declared_as_lost_or_kept(shop):
    shop.models(with_note())
    shop.revision("Add a note")
    shop.models(SHOP)
    lost = shop.revision("Drop the note", "--dry-run")
    assert {k for b in lost["branches"] for r in b["revisions"] for k in r["lossy"]} == {"products.note"}
    assert "--keep-data" in shop.run("revision", "-m", "Drop the note", "--dry-run")
    kept = shop.revision("Drop the note", "--keep-data")
    assert verdicts(kept) == {"lossless"}
    shop.models(with_note())
    shop.revision("Add a note again")
    shop.models(SHOP)
    again = shop.revision("Drop the note once more", "--keep-data")
    assert verdicts(again) == {"lossless"}
    first, second = (set(re.findall(r"bothways_kept_\w+", json.dumps(report))) for report in (kept, again))
    assert len(first) >= len(ENGINES) - 1
    assert not first & second
    assert "broken" not in shop.run("verify", "--rows", "3")


def forget(shop: Shop, before: dict[str, str]) -> None:
    """Delete the files that were not there before."""
    for path in set(shop.everything()) - set(before):
        (shop.folder / "migrations" / "versions" / path).unlink()


def test_a_column_without_a_value_for_old_rows_is_written_and_told_and_a_backfill_mends_it(shop):
    shop.models(with_note(", nullable=False"))
    shop.engines = ("sqlite", "postgresql")
    before = shop.everything()
    report = shop.revision("Add a note", code=1)
    assert len(report["warnings"]) == len(shop.engines)
    assert all("write them again: bothways revision" in warning for warning in report["warnings"])
    assert "2 of 2 proved both ways, 2 on empty tables only" in shop.run("verify", "--last")
    forget(shop, before)
    said = shop.run("revision", "-m", "Add a note", code=1)
    assert "runs on empty tables only" in said
    assert "verify --last" not in said
    forget(shop, before)
    shop.models(with_note(""", nullable=False, info={"backfill": "'none'"}"""))
    assert verdicts(shop.revision("Add a note")) == {"lossless"}


def test_a_column_in_the_middle_goes_and_comes_back_on_every_engine(shop):
    shop.models(SHOP.replace('sa.Column("price"', 'sa.Column("note", sa.Text),\n    sa.Column("price"'))
    shop.revision("Add a note")
    shop.models(SHOP)
    assert verdicts(shop.revision("Drop the note", "--keep-data")) == {"lossless"}


def test_a_foreign_key_on_a_column_that_is_there_is_proved_with_rows_that_fit_it(shop):
    shop.models(SHOP.replace("sa.CheckConstraint", 'sa.Column("after_id", sa.Integer),\n    sa.CheckConstraint'))
    shop.revision("Add after_id")
    column = 'sa.Column("after_id", sa.Integer, sa.ForeignKey("products.id"))'
    shop.models(SHOP.replace("sa.CheckConstraint", f"{column},\n    sa.CheckConstraint"))
    report = shop.revision("Refer to another product")
    assert (verdicts(report), report["warnings"]) == ({"lossless"}, [])
    assert "sparse" in {p["level"] for p in report["proof"]["proofs"]}
    assert "none" not in {p["level"] for p in report["proof"]["proofs"]}


@pytest.mark.parametrize("backfill", ["nofunc(id)", ":x", "(SELECT"])
def test_a_backfill_that_a_server_refuses_is_told_with_its_column_its_line_and_the_servers_words(shop, backfill):
    shop.models(with_note(f", nullable=False, info={{'backfill': {backfill!r}}}"))
    before = shop.everything()
    lines = (shop.folder / f"{shop.module}.py").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "backfill" in text)
    for engine in ENGINES:
        shop.engines = (engine,)
        said = shop.run("revision", "-m", "Add a note", code=2)
        assert f"{shop.module}.py:{line}: column products.note has a backfill that {engine} refuses: " in said
        assert "two smaller ones" not in said
    assert shop.everything() == before


def test_a_rename_without_a_hint_is_refused_with_the_hint_to_write_and_with_it_keeps_the_data(shop):
    shop.models(SHOP.replace('"name"', '"title"'))
    before = shop.everything()
    refused = shop.run("revision", "-m", "Rename", code=3)
    assert "renamed_from" in refused
    assert shop.everything() == before
    shop.models(SHOP.replace('"name", sa.String(80)', '"title", sa.String(80), info={"renamed_from": "name"}'))
    report = shop.revision("Rename")
    assert verdicts(report) == {"lossless"}
    assert "nothing to write" in shop.run("revision", "-m", "Again")


def test_an_empty_revision_stands_in_every_branch_for_work_on_the_data(shop):
    report = shop.revision("Fill the notes", "--empty")
    assert [len(b["revisions"]) for b in report["branches"]] == [1, 1, 1]
    assert all("    pass" in r["source"] for b in report["branches"] for r in b["revisions"])
    assert "equal" in shop.run("check")


def test_an_empty_revision_can_be_filled_without_an_import(shop):
    shop.engines = ("sqlite",)
    before = set(shop.files("sqlite"))
    shop.run("revision", "-m", "Fill the notes", "--empty")
    ruff(shop, "format", "--check")
    (new,) = set(shop.files("sqlite")) - before
    filled = """op.execute(sa.text("UPDATE products SET price = price"))"""
    new.write_text(new.read_text().replace("    pass", f"    {filled}"))
    ruff(shop, "format", "--check")
    ruff(shop, "check", "--select", "E,F,I,Q,UP,W")
    assert "1 of 1 proved" in shop.run("verify", "--last")


@pytest.mark.parametrize("option", ["--keep-data", "--offline-window"])
def test_an_empty_revision_has_nothing_to_keep_or_to_shorten(shop, option):
    assert "--empty drafts nothing" in shop.run("revision", "-m", "Fill", "--empty", option, code=2)


def test_two_heads_are_refused_before_anything_is_written(shop):
    only = shop.files("sqlite")[0]
    (only.with_name("other.py")).write_text(
        only.read_text().replace("sqlite_0001", "other").replace('("sqlite",)', "None")
    )
    shop.models(with_note())
    before = shop.everything()
    assert "2 heads" in shop.run("revision", "-m", "Add", code=2)
    assert "2 heads" in shop.run("check", code=2)
    assert shop.everything() == before


def plain_alembic(shop: Shop, *words: str) -> None:
    """Run Alembic's own command on a section of the ini."""
    done = subprocess.run(
        [Path(sys.executable).with_name("alembic"), "-n", *words],
        cwd=shop.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_ids_and_files_go_on_counting_behind_the_merge_of_two_heads(shop):
    shop.engines = ("sqlite",)
    first = shop.files("sqlite")[0]
    for number in (2, 3):
        first.with_name(f"000{number}_other.py").write_text(
            f'"""Other."""\n\nrevision = "sqlite_000{number}"\ndown_revision = "sqlite_0001"\n\n\n'
            "def upgrade() -> None:\n    pass\n\n\ndef downgrade() -> None:\n    pass\n"
        )
    assert "alembic -n sqlite merge" in shop.run("check", code=2)
    plain_alembic(shop, "sqlite", "merge", "-m", "join heads", "heads")
    shop.models(with_note())
    (revision,) = shop.revision("Add a note")["branches"][0]["revisions"]
    assert (revision["id"], revision["file"]) == ("sqlite_0004", "0004_add_a_note.py")


def test_a_template_that_renders_something_else_is_refused(shop):
    template = shop.folder / "migrations" / "script.py.mako"
    template.write_text(template.read_text().replace("${literal(up_revision)}", '"x"'))
    shop.models(with_note())
    before = shop.everything()
    assert "script.py.mako renders revision" in shop.run("revision", "-m", "Add", code=2)
    assert shop.everything() == before


def test_a_model_file_that_does_not_import_is_told_without_a_trace(shop):
    shop.models("\nimport nothing_of_that_name\n")
    said = shop.run("revision", "-m", "Add", code=2)
    assert "nothing_of_that_name" in said
    assert "Traceback" not in said


def shape(source: str) -> list[str]:
    """What a reader meets from top to bottom: the parts that every revision has."""
    tree = ast.parse(source)
    lines = (ast.get_docstring(tree) or "").splitlines()
    found = ["title", *("date" for line in lines[1:3] if line.startswith("Create Date: ")), "text" * (len(lines) > 4)]
    for node in tree.body[1:]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.append("imports")
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.append(node.targets[0].id)
        elif isinstance(node, ast.FunctionDef) and node.name in {"upgrade", "downgrade"}:
            found.append(f"{node.name} {ast.unparse(node.returns) if node.returns else ''}")
    known = {"revision", "down_revision", "branch_labels", "depends_on", "change", "title", "date", "text", "imports"}
    return [p for i, p in enumerate(found) if (p in known or "grade" in p) and p not in found[:i]]


def test_what_people_wrote_and_what_is_generated_look_alike(shop):
    shop.models(with_note())
    shop.revision("Add a note")
    people = {tuple(shape(p.read_text())) for p in (ROOT / "migrations" / "versions").rglob("*.py")}
    generated = {tuple(shape(p.read_text())) for e in ENGINES for p in shop.files(e)}
    assert people == generated
    assert len(people) == 1


@pytest.mark.parametrize("engine", ["postgresql", "sqlite"])
def test_an_engine_without_a_url_gets_a_private_server_until_the_end(shop, monkeypatch, engine):
    monkeypatch.delenv(f"BOTHWAYS_{engine.upper()}_URL")
    shop.engines = (engine,)
    shop.models(with_note())
    assert "ADD COLUMN note" in shop.run("revision", "-m", "Add", "--sql")
    assert "column products.note" in shop.run("check", code=1)


def test_without_any_url_every_branch_is_checked_all_the_same(shop, monkeypatch):
    for engine in ENGINES:
        monkeypatch.delenv(f"BOTHWAYS_{engine.upper()}_URL")
    shop.models(with_note())
    shop.engines = ()
    assert shop.run("check", code=1).count("column products.note: added") == len(ENGINES)


def test_a_branch_that_no_server_can_be_had_for_is_told_and_nothing_is_said_to_be_equal(shop, monkeypatch):
    monkeypatch.delenv("BOTHWAYS_MYSQL_URL")
    monkeypatch.setattr("bothways.servers.binaries", lambda _dialect: None)
    shop.engines = ()
    said = shop.run("check", code=2)
    assert "branch 'mysql' needs a mysql server" in said
    assert "BOTHWAYS_MYSQL_URL" in said
    assert "equal" not in said


def test_views_declared_by_a_class_or_by_a_listener_are_made_and_unmade(shop):
    views = """
products = metadata.tables["products"]
sa.CreateView(sa.select(products.c.id).where(products.c.price < 5), "cheap", metadata=metadata)
sa.event.listen(metadata, "after_create", sa.DDL("CREATE VIEW dear AS SELECT id FROM products WHERE price > 500"))
"""
    shop.models(SHOP + views)
    assert verdicts(shop.revision("Show what is cheap")) == {"lossless"}
    assert "equal" in shop.run("check")


@pytest.mark.parametrize(
    ("made", "named"),
    [
        ("TEXT SEARCH CONFIGURATION plain (COPY = simple)", "text_search_configuration public.plain: added"),
        ("AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer)", "routine total(integer): added"),
    ],
)
def test_what_is_not_drafted_is_named_also_where_nothing_else_changes(shop, made, named):
    shop.engines = ("postgresql",)
    shop.models(SHOP + f'\nsa.event.listen(metadata, "after_create", sa.DDL("CREATE {made}"))\n')
    said = shop.run("revision", "-m", "Search", code=1)
    assert "postgresql: nothing that can be drafted" in said
    assert f"still differs from the models: {named}" in said
    assert "bothways revision --empty" in said
    assert len(shop.files("postgresql")) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_plain_alembic_takes_generated_revisions_up_and_down(shop, servers, monkeypatch, engine):
    shop.engines = (engine,)
    shop.models(with_note() + INDEX)
    shop.revision("Add a note and an index", "--no-verify")
    with scratch.database(servers[engine]) as url:
        monkeypatch.setenv(f"BOTHWAYS_{engine.upper()}_URL", url.reveal())
        for words in (("upgrade", "head"), ("downgrade", "base"), ("upgrade", "head")):
            plain_alembic(shop, engine, *words)
