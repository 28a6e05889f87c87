"""Several processes for many prompts.

Not `multiprocessing`: its safe start methods run the caller's main module again, which a library
must not ask of a notebook, a task runner or a script. Each worker is a fresh interpreter that reads
pickled items from its standard input and answers on its standard output. A worker that dies takes
nothing with it: its item is checked here instead.
"""

import pickle
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import IO, Any, Self, TypeVar

_LENGTH = struct.Struct(">Q")
_START = "import sys; sys.path[:] = {path!r}; from promptops.lint.workers import serve; serve()"

T = TypeVar("T")
R = TypeVar("R")


class Workers:
    """Processes that are started once and work on one run of items after the other.

    A context; the processes end with it.

    Args:
        number: Processes, at least 1.
    """

    def __init__(self, number: int) -> None:
        """Start the processes."""
        self._started = [_Worker() for _ in range(number)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._started:
            self._idle.put(worker)

    def __enter__(self) -> Self:
        """The workers, at work from now on."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes."""
        for worker in self._started:
            worker.stop()

    def spread(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """The results of ``work`` on each item, in the order of the items, as they are needed.

        Args:
            work: A picklable callable of one item.
            items: Picklable items, each worth a few hundredths of a second at least.
        """

        def run(item: T) -> R:
            worker = self._idle.get()
            try:
                return worker.run(work, item)
            finally:
                self._idle.put(worker)

        number = len(self._started)
        with ThreadPoolExecutor(max_workers=number) as threads:
            waiting: deque[Future[R]] = deque()
            for item in items:
                waiting.append(threads.submit(run, item))
                # Two items a worker in flight: enough to keep it busy, little to hold in memory.
                while len(waiting) > 2 * number or (waiting and waiting[0].done()):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


class _Worker:
    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own code
            [sys.executable, "-c", _START.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(self, work: Callable[[T], R], item: T) -> R:
        reader, writer = self._process.stdout, self._process.stdin
        if reader is not None and writer is not None:
            with suppress(OSError, EOFError):
                _send(writer, (work, item))
                found: R = _receive(reader)
                return found
        return work(item)

    def stop(self) -> None:
        with suppress(OSError):
            self._process.communicate(timeout=10)


def serve() -> None:
    """A worker's whole life: answer chunks until the input ends."""
    reader, writer = sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError):
        while True:
            work, item = _receive(reader)
            _send(writer, work(item))


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
