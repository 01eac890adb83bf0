"""``python -m bothways.servers postgresql mysql``: private servers for a person, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import TYPE_CHECKING

from bothways import servers
from bothways.errors import BothwaysError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Start the named servers (all by default), print their URLs as lines for a shell, wait, end them.

    Returns 0 after Ctrl-C or SIGTERM, 2 if one could not be started.
    """
    names = _parser().parse_args(arguments).names
    running: list[servers.PrivateServer] = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for name in dict.fromkeys(names or servers.DIALECTS):
            running.append(servers.start(name))
            _announce(running[-1])
        sys.stderr.write("running; Ctrl-C ends them and removes their folders\n")
        signal.pause()
    except BothwaysError as error:
        sys.stderr.write(f"error: {error.message}\nnext: {error.hint}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("ended\n")
    finally:
        for server in running:
            server.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bothways.servers",
        description="Private servers for as long as this runs: to try bothways on, or for its tests.",
        epilog="It prints lines for a shell: BOTHWAYS_<ENGINE>_URL is an empty database for the commands, "
        "BOTHWAYS_TEST_<ENGINE>_URL the administrator's for the tests. Ctrl-C ends the servers and removes everything.",
    )
    parser.add_argument("names", nargs="*", metavar="ENGINE", help=f"{' or '.join(servers.DIALECTS)}; both by default")
    return parser


def _announce(server: servers.PrivateServer) -> None:
    engine = server.dialect.upper()
    # The one place that shows a password: it is the server's own, made for this run, and of no use without it.
    sys.stdout.write(f"export BOTHWAYS_TEST_{engine}_URL='{server.url.reveal()}'\n")
    sys.stdout.write(f"export BOTHWAYS_{engine}_URL='{server.empty.reveal()}'\n")
    sys.stdout.flush()
    sys.stderr.write(f"{server.kind} {server.version} in {server.folder}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
