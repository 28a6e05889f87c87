"""A Prefect server of one's own, for a workspace whose user runs none."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import httpx
from prefect.settings import PREFECT_API_URL, temporary_settings

from promptops.errors import StorageError

_HOST = "127.0.0.1"
_START_SECONDS = 240.0
_STOP_SECONDS = 20.0


@contextmanager
def prefect_server(port: int = 0) -> Iterator[str]:
    """The server that ``PREFECT_API_URL`` names, else one started here for the block.

    Args:
        port: Loopback port of a server started here; 0 takes a free one.

    Yields:
        The API's URL.

    Raises:
        StorageError: The server did not become healthy.
    """
    known = PREFECT_API_URL.value()
    if known:
        yield known
        return
    chosen = port or _free_port()
    url = f"http://{_HOST}:{chosen}/api"
    command = [sys.executable, "-m", "prefect", "server", "start"]
    log = tempfile.TemporaryFile()  # noqa: SIM115 - read when the server does not start
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        [*command, "--host", _HOST, "--port", str(chosen), "--log-level", "ERROR"],
        stdout=log,
        stderr=subprocess.STDOUT,
        # Ctrl-C goes to us alone: the server must outlive what it serves.
        start_new_session=True,
    )
    try:
        _wait(url, process, log)
        with temporary_settings({PREFECT_API_URL: url}):
            yield url
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: "subprocess.Popen[bytes]", log: IO[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/health", timeout=5).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    log.seek(0)
    lines = log.read().decode(errors="replace").split("\n")
    why = next((line.strip() for line in reversed(lines) if "Error" in line), "no reason given")
    raise StorageError(
        f"the Prefect server did not start: {why}",
        where=url,
        hint="run `prefect server start` to see why, or set PREFECT_API_URL to a running one",
    )
