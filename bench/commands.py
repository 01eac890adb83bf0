"""CPU time of the commands that people wait for, beside plain Alembic's, in one run.

``bothways status`` looks at three databases at once, ``alembic current`` at one. Commands are run in turn; shown is the
least CPU time (user and system, of the process and its children) of each, and its ratio to ``alembic current``.

Usage: script/bench commands [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from bothways import scratch, servers
from bothways.urls import DatabaseURL

COMMANDS = (
    ("python -c pass", ("python", "-c", "pass")),
    ("bothways --help", ("bothways", "--help")),
    ("bothways status (3 databases at head)", ("bothways", "status")),
    ("bothways history", ("bothways", "history")),
    ("alembic --help", ("alembic", "--help")),
    ("alembic -n postgresql current (1 database)", ("alembic", "-n", "postgresql", "current")),
)


def cpu(command: tuple[str, ...], environ: dict[str, str]) -> float:
    """CPU seconds of one run; ends the benchmark where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    program = Path(sys.executable).with_name(command[0])
    done = subprocess.run([program, *command[1:]], env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Bring three databases to head and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, help="how often each command is run")
    rounds = parser.parse_args().rounds
    with ExitStack() as stack:
        environ = dict(os.environ)
        for name in ("postgresql", "mysql", "sqlite"):
            server = DatabaseURL.parse("sqlite:///server.db")
            if name != "sqlite":
                server = stack.enter_context(servers.start(name)).url
            environ[f"BOTHWAYS_{name.upper()}_URL"] = stack.enter_context(scratch.database(server)).reveal()
            cpu(("bothways", "--quiet", "upgrade", name), environ)
        least = {
            label: min(sample)
            for label, sample in zip(
                [label for label, _ in COMMANDS],
                zip(*[[cpu(command, environ) for _, command in COMMANDS] for _ in range(rounds)], strict=True),
                strict=True,
            )
        }
    anchor = least["alembic -n postgresql current (1 database)"]
    print(f"{'command':44} CPU s  ratio to alembic current")
    for label, seconds in least.items():
        print(f"{label:44} {seconds:.3f}  {seconds / anchor:.2f}")


if __name__ == "__main__":
    main()
