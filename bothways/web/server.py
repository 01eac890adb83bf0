"""Run the service: uvicorn on the project's application."""

from __future__ import annotations

import ipaddress
import os
import secrets
import signal
import socket
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from bothways.accounts.tables import keys_of
from bothways.errors import ConfigurationError
from bothways.keys import HOW_TO, VARIABLE
from bothways.web.hosts import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bothways.project import Project

APPLICATION = "api.app:app"
"""What uvicorn imports from the project's folder."""
PROTOCOL: Final = "bothways.web.protocol:Protocol"
FIGURES: Final = "BOTHWAYS_METRICS_FOLDER"
"""Where several workers put their figures together."""
CURSOR_KEY: Final = "BOTHWAYS_CURSOR_KEY"
"""What all workers sign cursors by where there is no secret."""
_NOT_FOR_OTHERS: Final = 0o117
_SECONDS_TO_DRAIN = 30
"""Requests that are under way when the service is told to end get so long to finish."""


def run(
    project: Project, *, host: str = "127.0.0.1", port: int = 8000, workers: int = 1, uds: Path | None = None
) -> None:
    """Serve until a signal ends it, on an address or on the Unix socket ``uds``.

    Raises ConfigurationError where a library is missing, the port is taken, or the socket cannot be made.
    """
    try:
        import uvicorn
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "the service's libraries are not installed", hint="pip install 'bothways[service]'"
        ) from error
    with ExitStack() as stack:
        if uds is None:
            refuse_open(project, host)
            _require_free(host, port)
            address: dict[str, Any] = {"host": host, "port": port}
        else:
            address = {"fd": stack.enter_context(_unix_socket(uds)).fileno()}
        # The workers of uvicorn are processes of their own: what they need to know goes through the environment.
        os.environ["BOTHWAYS_CONFIG"] = str(project.config)
        if workers > 1 and not os.environ.get(FIGURES):
            os.environ[FIGURES] = stack.enter_context(TemporaryDirectory(prefix="bothways-figures-"))
            stack.callback(os.environ.pop, FIGURES)
        if not os.environ.get(CURSOR_KEY):
            os.environ[CURSOR_KEY] = secrets.token_urlsafe(32)
            stack.callback(os.environ.pop, CURSOR_KEY)
        if str(project.root) not in sys.path:
            sys.path.insert(0, str(project.root))
        stack.enter_context(_tidy_end())
        uvicorn.run(
            APPLICATION,
            workers=workers,
            app_dir=str(project.root),
            http=PROTOCOL,
            proxy_headers=False,
            log_config=None,
            server_header=False,
            access_log=False,
            timeout_graceful_shutdown=_SECONDS_TO_DRAIN,
            **address,
        )


@contextmanager
def _tidy_end() -> Iterator[None]:
    """Let SIGTERM, which uvicorn raises once more when it has ended, leave time to tidy up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _unix_socket(path: Path) -> Iterator[socket.socket]:
    """A socket that its owner and group may use, gone at the end; one that a killed service left is replaced."""
    _require_no_file(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        before = os.umask(_NOT_FOR_OTHERS)
        try:
            listening.bind(str(path))
        except OSError as error:
            raise ConfigurationError(
                f"cannot listen on {path}: {error.strerror or error}", hint="choose another path: bothways serve --uds"
            ) from error
        finally:
            os.umask(before)
        mine = path.stat().st_ino
        try:
            yield listening
        finally:
            with suppress(OSError):
                if path.stat().st_ino == mine:
                    path.unlink()


def _require_no_file(path: Path) -> None:
    if not path.exists() and not path.is_symlink():
        return
    if not path.is_socket() or path.is_symlink():
        raise ConfigurationError(
            f"cannot listen on {path}: it is there and no socket", hint="choose another path: bothways serve --uds"
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink()
        else:
            raise ConfigurationError(
                f"cannot listen on {path}: another process does", hint="end it, or choose another path"
            )


def refuse_open(project: Project, host: str) -> None:
    """Raises ConfigurationError for a service without a secret that others could reach."""
    if not is_loopback(host) and not keys_of(project):
        raise ConfigurationError(
            f"without {VARIABLE} everybody may do everything, so the service does not listen on {host}",
            hint=f"put {VARIABLE} into .env; {HOW_TO}; then bothways user add NAME --role admin",
        )


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if _is_ipv6(host) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"cannot listen on {host}:{port}: {error.strerror or error}",
                hint=f"choose another port: bothways serve --port {port + 1 if port < 65535 else 8001}",
            ) from error


def _is_ipv6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False
