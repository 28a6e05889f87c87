"""Several processes for many prompts.

Not `multiprocessing`: its safe start methods run the caller's main module again, which a library
must not ask of a notebook, a task runner or a script. Each worker is a fresh interpreter that reads
pickled chunks from its standard input and answers on its standard output. A worker that dies takes
nothing with it: its chunk is checked here instead.
"""

import pickle
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import IO, Any, TypeVar

_LENGTH = struct.Struct(">Q")
_START = "import sys; sys.path[:] = {path!r}; from promptops.lint.workers import serve; serve()"

T = TypeVar("T")
R = TypeVar("R")


def spread(
    work: Callable[[Sequence[T]], list[R]], chunks: Sequence[Sequence[T]], workers: int
) -> Iterator[list[R]]:
    """The results of ``work`` on each chunk, in the order of the chunks.

    Args:
        work: A picklable function of a chunk (a module's function, or a partial of one).
        chunks: Picklable items.
        workers: Processes, at least 1.
    """
    idle: SimpleQueue[_Worker] = SimpleQueue()
    started = [_Worker() for _ in range(min(workers, len(chunks)))]
    for worker in started:
        idle.put(worker)

    def run(chunk: Sequence[T]) -> list[R]:
        worker = idle.get()
        try:
            return worker.run(work, chunk)
        finally:
            idle.put(worker)

    try:
        with ThreadPoolExecutor(max_workers=max(1, len(started))) as threads:
            yield from threads.map(run, chunks)
    finally:
        for worker in started:
            worker.stop()


class _Worker:
    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own code
            [sys.executable, "-c", _START.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(self, work: Callable[[Sequence[T]], list[R]], chunk: Sequence[T]) -> list[R]:
        reader, writer = self._process.stdout, self._process.stdin
        if reader is not None and writer is not None:
            with suppress(OSError, EOFError):
                _send(writer, (work, chunk))
                found: list[R] = _receive(reader)
                return found
        return work(chunk)

    def stop(self) -> None:
        with suppress(OSError):
            self._process.communicate(timeout=10)


def serve() -> None:
    """A worker's whole life: answer chunks until the input ends."""
    reader, writer = sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError):
        while True:
            work, chunk = _receive(reader)
            _send(writer, work(chunk))


def _send(stream: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # noqa: S301 - bytes of our own process
