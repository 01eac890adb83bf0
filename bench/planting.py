"""How long planting takes: milliseconds a table of six columns with twelve rows, on each engine, and in a large schema.

.venv/bin/python -m bench.planting [sqlite postgresql mysql] [--tables 100] [--profile]
"""

from __future__ import annotations

import argparse
import cProfile
import inspect
import pstats
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bothways import scratch, servers
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.urls import DatabaseURL
from bothways.verify.rows import plant

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

ENGINES = ("sqlite", "postgresql", "mysql")
_TIMES = 5


def statements(tables: int) -> Iterator[str]:
    """Tables of six columns with a key, a unique column, a CHECK, and from the second on a foreign key."""
    for i in range(tables):
        parent = f", foreign key (parent_id) references t{(i - 1) // 2} (id)" if i else ""
        yield (
            f"create table t{i} (id int not null primary key, code varchar(20) not null unique, "
            f"price numeric(8,2) not null check (price >= 0), body varchar(200), made timestamp null, "
            f"parent_id int null{parent})"
        )


def measure(connection: sa.Connection, tables: int, *, profile: bool) -> dict[str, float]:
    """Milliseconds: a table of a whole schema, and one table alone of that schema."""
    for statement in statements(tables):
        connection.exec_driver_sql(statement)
    connection.commit()
    snapshot = take(connection)
    found: dict[str, list[float]] = {"all, a table": [], "one alone": []}
    profiler = cProfile.Profile()
    for seed in range(_TIMES):
        if profile:
            profiler.enable()
        started = time.perf_counter()
        planting = plant(connection, snapshot, seed=seed)
        found["all, a table"].append((time.perf_counter() - started) * 1000 / tables)
        profiler.disable()
        assert not planting.failed, planting.failed
        if "tables" in inspect.signature(plant).parameters:
            one: Any = {"tables": {f"t{seed}"}}
            started = time.perf_counter()
            plant(connection, snapshot, seed=seed + 100, **one)
            found["one alone"].append((time.perf_counter() - started) * 1000)
        connection.rollback()
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    return {what: min(times) for what, times in found.items() if times}


def main() -> None:
    """Print a line an engine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engines", nargs="*", default=ENGINES)
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        for engine in options.engines:
            if engine == "sqlite":
                server = DatabaseURL.parse(f"sqlite:///{Path(folder) / 'server.db'}")
            else:
                private = servers.start(engine)
                stack.callback(private.stop)
                server = private.url
            with scratch.database(server) as url:
                times = call(
                    url, lambda c: measure(c, options.tables, profile=options.profile), purpose="write"
                )  # fmt: skip
            print(f"{engine:12}", ", ".join(f"{what} {ms:.2f} ms" for what, ms in times.items()))


if __name__ == "__main__":
    main()
