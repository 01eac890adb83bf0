"""Run the service: uvicorn on the project's application."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from typing import TYPE_CHECKING

from bothways.errors import ConfigurationError

if TYPE_CHECKING:
    from bothways.project import Project

APPLICATION = "api.app:app"
"""What uvicorn imports from the project's folder."""
_SECONDS_TO_DRAIN = 30
"""Requests that are under way when the service is told to end get so long to finish."""


def run(project: Project, *, host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """Serve until a signal ends it; raises ConfigurationError where a library is missing or the port is taken."""
    try:
        import uvicorn
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "the service's libraries are not installed", hint="pip install 'bothways[service]'"
        ) from error
    _require_free(host, port)
    # The workers of uvicorn are processes of their own: what they need to know goes through the environment.
    os.environ["BOTHWAYS_CONFIG"] = str(project.config)
    if str(project.root) not in sys.path:
        sys.path.insert(0, str(project.root))
    uvicorn.run(
        APPLICATION,
        host=host,
        port=port,
        workers=workers,
        app_dir=str(project.root),
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_DRAIN,
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
