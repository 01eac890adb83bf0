"""Histories that no one here wrote: packages from the package index whose Alembic revisions are proved as they are.

Each package gets an environment of its own under data/histories (made once, reused), with Bothways' core beside it, and
``bothways verify`` runs there on private servers with a time limit. Where a package configures Alembic in its own code,
a small ini (and for Keystone an env.py) stands in for that; the revisions are the package's.

Usage: script/bench histories [--only NAME]… [--engine ENGINE]… [--rows N] [--markdown]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / "data" / "histories"
LIMIT_SECONDS = 400
DRIVERS = ("psycopg2-binary", "pymysql")
ENV_PY = """\
import sqlalchemy as sa
from alembic import context
{configure}
url = context.config.get_main_option("sqlalchemy.url")
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with sa.create_engine(url).connect() as connection:
        context.configure(connection=connection, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
"""


@dataclass(frozen=True)
class Package:
    """A package, its revisions' folder inside of it, and how its own code would configure Alembic."""

    name: str
    version: str
    versions: str
    """The folder of revisions; ``{engine}`` where each engine has its own."""
    location: str = ""
    """Where its env.py is; empty where it has none that works alone, then ``configure`` is in ours."""
    configure: str = ""
    start: str = ""
    url_variable: str = ""
    """Where its env.py looks for the database whose engine decides which revisions are its own."""
    engines: tuple[str, ...] = ("sqlite", "postgresql")


PACKAGES = (
    Package("optuna", "4.6.0", "optuna/storages/_rdb/alembic/versions", "optuna/storages/_rdb/alembic"),
    Package(
        "mlflow", "3.17.2", "mlflow/store/db_migrations/versions", "mlflow/store/db_migrations",
        start="mlflow.store.tracking.dbmodels.initial_models:Base",
    ),
    Package(
        "prefect", "3.8.8", "prefect/server/database/_migrations/versions/{engine}",
        "prefect/server/database/_migrations", url_variable="PREFECT_SERVER_DATABASE_CONNECTION_URL",
    ),
    Package(
        "keystone", "30.0.0", "keystone/common/sql/migrations/versions",
        configure="import keystone.conf\nkeystone.conf.configure()",
    ),
    Package("cinder", "", "cinder/db/migrations/versions", configure="import cinder.db.models"),
    Package("nova", "", "nova/db/main/migrations/versions", configure="import nova.conf"),
    Package("jupyterhub", "6.1.1", "jupyterhub/alembic/versions", "jupyterhub/alembic"),
)  # fmt: skip


def environment(package: Package) -> Path:
    """The folder of the package's environment, made where it is not there yet."""
    folder = ENVIRONMENTS / package.name
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        wanted = f"{package.name}=={package.version}" if package.version else package.name
        print(f"installing {wanted}", file=sys.stderr)
        if shutil.which("uv"):
            run("uv", "venv", "-q", "--python", sys.executable, str(folder))
            install = ["uv", "pip", "install", "-q", "--python", str(python)]
        else:
            run(sys.executable, "-m", "venv", str(folder))
            install = [str(python), "-m", "pip", "install", "-q"]
        run(*install, "-e", str(ROOT), wanted, *DRIVERS)
        (folder / "ready").touch()
    return folder


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command[:6])}: {done.stderr[-800:]}")


def said_of(package: Package, folder: Path) -> str:
    """The versions that were proved together."""
    code = (
        f"import importlib.metadata as m; print(*(m.version(p) for p in ('{package.name}', 'alembic', 'sqlalchemy')))"
    )
    return subprocess.check_output([folder / "bin" / "python", "-c", code], text=True).strip()


def configured(package: Package, engine: str, site: Path, place: Path) -> Path:
    """An ini that names the package's revisions, in a folder of our own."""
    location = site / package.location if package.location else place
    if not package.location:
        (place / "env.py").write_text(ENV_PY.format(configure=package.configure))
        (place / "script.py.mako").write_text("")
    ini = place / "alembic.ini"
    ini.write_text(
        f"[alembic]\nscript_location = {location}\n"
        f"version_locations = {site / package.versions.format(engine=engine)}\n"
        "recursive_version_locations = true\npath_separator = newline\nsqlalchemy.url = sqlite:///never-opened.db\n"
        "[loggers]\nkeys = root\n[handlers]\nkeys =\n[formatters]\nkeys =\n[logger_root]\nhandlers =\n"
    )
    return ini


def prove(package: Package, engine: str, rows: int) -> dict[str, Any]:
    """One run: versions, seconds, proofs or the error."""
    folder = environment(package)
    site = next((folder / "lib").glob("python3*/site-packages"))
    with tempfile.TemporaryDirectory() as place:
        ini = configured(package, engine, site, Path(place))
        command = [str(folder / "bin" / "bothways"), "-q", "-c", str(ini), "verify", "--engine", engine, "-o", "json"]
        command += ["--rows", str(rows), *(["--start", package.start] if package.start else [])]
        started = time.monotonic()
        driver = {"postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}.get(engine, engine)
        environ = {**os.environ, package.url_variable or "UNUSED": f"{driver}://nobody:none@localhost:1/never-opened"}
        try:
            done = subprocess.run(
                command, env=environ, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return {
                "versions": said_of(package, folder),
                "seconds": LIMIT_SECONDS,
                "error": "time was up",
                "proofs": [],
            }
    found = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    error = "" if "proofs" in found else (done.stderr.strip().splitlines() or ["nothing"])[0]
    seconds = round(time.monotonic() - started, 1)
    return {
        "versions": said_of(package, folder), "seconds": seconds, "error": error, "proofs": found.get("proofs", [])
    }  # fmt: skip


def row(package: Package, engine: str, result: dict[str, Any]) -> str:
    counts = Counter(p["verdict"] for p in result["proofs"])
    unreached = sum("cannot be reached" in (p["evidence"] or "") for p in result["proofs"])
    cells = [
        package.name, engine, result["versions"], len(result["proofs"]), counts["lossless"], counts["lossy"],
        counts["broken"] - unreached, unreached, f"{result['seconds']} s", result["error"],
    ]  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"


def details(result: dict[str, Any]) -> list[str]:
    lines = []
    for proof in result["proofs"]:
        text = (proof["evidence"] or "").splitlines()[:1]
        if proof["verdict"] != "lossless" and not any("cannot be reached" in t for t in text):
            place = f"{Path(proof['file']).name}:{proof['line']}"
            lines.append(f"- `{proof['revision']}` {proof['verdict']} ({place}): {' '.join(text)[:300]}")
    return lines


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--only", action="append", choices=[p.name for p in PACKAGES])
    arguments.add_argument("--engine", action="append", choices=["sqlite", "postgresql", "mysql"])
    arguments.add_argument("--rows", type=int, default=12)
    arguments.add_argument("--json", type=Path, help="Write everything to a file, too.")
    chosen = arguments.parse_args()
    print("| package | engine | versions (package, Alembic, SQLAlchemy) | revisions | lossless | lossy | broken "
          "| not reached | whole time | |\n|---|---|---|---|---|---|---|---|---|---|")  # fmt: skip
    everything, told = {}, []
    for package in PACKAGES:
        if chosen.only and package.name not in chosen.only:
            continue
        for engine in chosen.engine or package.engines:
            result = prove(package, engine, chosen.rows)
            everything[f"{package.name} {engine}"] = result
            print(row(package, engine, result), flush=True)
            told += [f"\n### {package.name} on {engine}\n", *details(result)]
    print("\n".join(told))
    if chosen.json:
        chosen.json.write_text(json.dumps(everything, indent=1))


if __name__ == "__main__":
    main()
