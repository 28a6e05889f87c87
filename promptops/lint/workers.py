"""Several processes for many prompts.

Not `multiprocessing`: its safe start methods run the caller's main module again, which a library
must not ask of a notebook, a task runner or a script. A process of a single thread, as a command
is, forks its workers, which costs nothing; any other one starts fresh interpreters, since a lock
that another thread holds would stay locked in a fork. A worker reads pickled items from a pipe and
answers on another. One that dies takes nothing with it: its item is checked here instead. What the
keyboard interrupts is this process: it ends its workers.
"""

import gc
import os
import pickle
import signal
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, NoReturn, Self, TypeVar

_LENGTH = struct.Struct(">Q")
_THREADS = Path("/proc/self/task")
"""Every thread of this process, also those that are not of Python; Linux only."""
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
        self._started: list[_Worker] = []
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        try:
            with _uninterrupted():  # the processes stay so
                for _ in range(number):
                    self._started.append(_forked(self._started) if _is_single() else _fresh())
        except BaseException:
            self._kill()
            self.__exit__()
            raise
        for worker in self._started:
            self._idle.put(worker)

    def __enter__(self) -> Self:
        """The workers, at work from now on."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes."""
        for worker in self._started:
            worker.stop()

    def _kill(self) -> None:
        for worker in self._started:
            worker.kill()

    def spread(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """The results of ``work`` on each item, in the order of the items, as they are needed.

        The processes are killed when no more results are taken, as after an interruption.

        Args:
            work: A picklable callable of one item.
            items: Picklable items, each worth a few hundredths of a second at least.
        """
        wanted = True

        def run(item: T) -> R:
            worker = self._idle.get()
            try:
                with suppress(OSError, EOFError):
                    return worker.run(work, item)
                if not wanted:
                    raise CancelledError
                return work(item)
            finally:
                self._idle.put(worker)

        number = len(self._started)
        with ThreadPoolExecutor(max_workers=number) as threads:
            waiting: deque[Future[R]] = deque()
            try:
                for item in items:
                    waiting.append(threads.submit(run, item))
                    # Two items a worker in flight: it is kept busy, and little is held in memory.
                    while len(waiting) > 2 * number or (waiting and waiting[0].done()):
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            except BaseException:
                wanted = False
                threads.shutdown(wait=False, cancel_futures=True)
                self._kill()
                raise


class _Worker:
    """The pipes to and from a process, what kills it, and what waits for its end."""

    def __init__(
        self,
        reader: IO[bytes],
        writer: IO[bytes],
        *,
        kill: Callable[[], object],
        wait: Callable[[], object],
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.kill = kill
        self._wait = wait

    def run(self, work: Callable[[T], R], item: T) -> R:
        _send(self.writer, (work, item))
        found: R = _receive(self.reader)
        return found

    def stop(self) -> None:
        for pipe in (self.writer, self.reader):
            with suppress(OSError):
                pipe.close()
        with suppress(OSError):
            self._wait()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put off what the keyboard interrupts: raised inside a fork's hooks it would be lost."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _is_single() -> bool:
    """Whether this process is known to have one thread only."""
    try:
        return len(list(_THREADS.iterdir())) == 1
    except OSError:
        return False


def _forked(others: Iterable[_Worker]) -> _Worker:
    ask, asked = os.pipe()
    answer, answered = os.pipe()
    child = os.fork()
    if not child:
        _live(ask, answered, [asked, answer, *(each.writer.fileno() for each in others)])
    os.close(ask)
    os.close(answered)
    return _Worker(
        os.fdopen(answer, "rb"),
        os.fdopen(asked, "wb"),
        kill=lambda: os.kill(child, signal.SIGKILL),
        wait=lambda: os.waitpid(child, 0),
    )


def _live(ask: int, answered: int, foreign: Iterable[int]) -> NoReturn:
    """A fork's whole life; it ends without what this process does at its own end."""
    try:
        # While a fork holds the pipe to another one, that one does not see its end.
        for descriptor in foreign:
            os.close(descriptor)
        gc.freeze()  # what was there before is neither looked through nor copied
        with os.fdopen(ask, "rb") as reader, os.fdopen(answered, "wb") as writer:
            _answer(reader, writer)
    finally:
        os._exit(0)


def _fresh() -> _Worker:
    process = subprocess.Popen(  # noqa: S603 - this interpreter, our own code
        [sys.executable, "-c", _START.format(path=sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    return _Worker(process.stdout, process.stdin, kill=process.kill, wait=process.wait)


def serve() -> None:
    """A fresh interpreter's whole life: answer until the input ends."""
    _answer(sys.stdin.buffer, sys.stdout.buffer)


def _answer(reader: IO[bytes], writer: IO[bytes]) -> None:
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
