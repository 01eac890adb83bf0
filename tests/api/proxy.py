"""A forwarder before a server, which a test can stop, freeze and start again at the same address."""

from __future__ import annotations

import contextlib
import select
import socket
import threading


class Proxy:
    """Forwards connections from a port of its own to ``(host, port)``."""

    def __init__(self, host, port):
        self._target = (host, port)
        self._stopping = threading.Event()
        self._thawed = threading.Event()
        self._thawed.set()
        self._threads = []
        self._listener = None
        self.port = 0
        self.start()

    def start(self):
        """Take connections (again)."""
        self._stopping.clear()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listener.settimeout(0.05)
        self.port = self._listener.getsockname()[1]
        self._spawn(self._accept, self._listener)

    def stop(self):
        """Refuse connections and break those that are open, as a server that is killed does."""
        self._stopping.set()
        self._thawed.set()
        while self._threads:
            self._threads.pop().join()

    def freeze(self):
        """Take connections and bytes, and forward none."""
        self._thawed.clear()

    def thaw(self):
        """Forward again."""
        self._thawed.set()

    def _spawn(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener):
        with listener:
            while not self._stopping.is_set():
                with contextlib.suppress(TimeoutError):
                    client, _ = listener.accept()
                    self._spawn(self._forward, client)

    def _forward(self, client):
        with client, socket.create_connection(self._target) as server:
            other = {client: server, server: client}
            while not self._stopping.is_set():
                ready, _, _ = select.select([client, server], [], [], 0.05)
                for end in ready if self._thawed.wait(0.05) else ():
                    try:
                        data = end.recv(65536)
                        other[end].sendall(data)
                    except OSError:
                        return
                    if not data:
                        return
