"""The environment of the peers: pytest-alembic and plain Alembic, apart from ours, kept from run to run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "data" / "bench-peers"

_PINNED = ("pytest-alembic==0.13.1", "pytest==9.1.1", "psycopg2-binary==2.9.13")
"""pytest-alembic 0.13 does not work with pytest 9.2."""
_SHARED = ("alembic", "sqlalchemy", "pymysql", "mako")
"""What both sides run on has the same version on both."""


def python() -> Path:
    """The peers' Python; makes their environment where it is missing or of other versions."""
    return environment(FOLDER, [*_PINNED, *(f"{name}=={version(name)}" for name in _SHARED)])


def environment(folder: Path, wanted: list[str]) -> Path:
    """The Python of an environment in ``folder`` with these packages, which is made where it is not so.

    Ends the benchmark where the packages cannot be had.
    """
    stamp = folder / "bench-stamp"
    program = folder / "bin" / "python"
    text = "\n".join([sys.version, *wanted])
    if not (stamp.is_file() and stamp.read_text() == text and program.exists()):
        print(f"- Making the peers' environment in {folder}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(exist_ok=True)
        for command in _commands(folder, program, wanted):
            done = subprocess.run(command, env=_environ(), capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(f"cannot make the peers' environment: {done.stderr.strip()}\nnext: see to the package index")
        stamp.write_text(text)
    return program


def _commands(folder: Path, program: Path, wanted: list[str]) -> list[list[str]]:
    uv = shutil.which("uv")
    if uv:
        return [
            [uv, "venv", "-q", "--clear", "--no-project", "--python", sys.executable, str(folder)],
            [uv, "pip", "install", "-q", "--no-build", "--compile-bytecode", "--python", str(program), *wanted],
        ]
    return [
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(program), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--only-binary", ":all:", *wanted],
    ]


def _environ() -> dict[str, str]:
    # As script/bootstrap: the machine's own certificates, so that uv works behind a company's proxy as pip does.
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    return {**({"UV_SYSTEM_CERTS": "true"} if bundle.is_file() else {}), **os.environ}
