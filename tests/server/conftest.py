"""A server on a free port, and requests to it."""

import json
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest


class Service:
    """A server on a free port, and requests to it."""

    def __init__(self, **options):
        import uvicorn

        from promptops.server import create_app

        config = uvicorn.Config(create_app(**options), host="127.0.0.1", port=0, log_level="error")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        self.port = self.server.servers[0].sockets[0].getsockname()[1]

    def send(self, path, body=None, headers=(), data=None, method=None):
        """The status, the headers and the text of an answer."""
        data = json.dumps(body).encode() if body is not None else data
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=data, method=method
        )
        request.add_header("Content-Type", "application/json")
        for name, value in headers:
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as problem:
            return problem.code, problem.headers, problem.read().decode()

    def ask(self, path, body=None, **options):
        """The status of an answer, and its JSON."""
        status, _, text = self.send(path, body, **options)
        return status, json.loads(text)

    def stop(self):
        self.server.should_exit = True
        self.thread.join(timeout=10)


@pytest.fixture(scope="module")
def serving():
    """Start a server that is stopped at the end of a block."""

    @contextmanager
    def start(**options):
        running = Service(**options)
        try:
            yield running
        finally:
            running.stop()

    return start
