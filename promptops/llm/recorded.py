"""Calls recorded once and replayed for ever: tests of hosted models without keys or network."""

import json
import threading
from pathlib import Path

from promptops.core.canonical import canonical_json
from promptops.core.files import storage_refusals
from promptops.errors import ProviderRefusedError, RunLogError
from promptops.llm.cached import read_completion, write_completion
from promptops.llm.chat import Chat, ChatRequest, Completion


class RecordedChat:
    """A chat over a cassette: a JSONL file of ``{"digest", "request", "completion"}``.

    A request that was recorded is answered from the file. Another is asked of ``inner`` and added
    to the file; without ``inner`` it is an error, so a test cannot reach a model unnoticed.
    """

    def __init__(self, path: Path, inner: Chat | None = None) -> None:
        """Open a cassette.

        Args:
            path: The JSONL file; made by the first recording.
            inner: Who is asked, and recorded, when the cassette does not know.

        Raises:
            RunLogError: A line of the file is not a recording.
        """
        self._path = path
        self._inner = inner
        self._lock = threading.Lock()
        self._known = _read(path)

    async def complete(self, request: ChatRequest) -> Completion:
        """Replay or record; see ``Chat.complete`` for the errors.

        Raises:
            ProviderRefusedError: Not recorded, and there is nobody to ask.
        """
        key = request.digest()
        known = self._known.get(key)
        if known is not None:
            return known
        if self._inner is None:
            raise ProviderRefusedError(
                f"this call to {request.model} is not recorded",
                where=str(self._path),
                hint="record it with the model at hand",
            )
        completion = await self._inner.complete(request)
        self._record(key, request, completion)
        return completion

    def _record(self, key: str, request: ChatRequest, completion: Completion) -> None:
        stored = write_completion(completion)
        row = {
            "completion": json.loads(stored),
            "digest": key,
            "request": {
                "messages": [[each.role, each.content] for each in request.messages],
                "model": request.model,
                "params": dict(request.params),
                **({"tools": [tool.name for tool in request.tools]} if request.tools else {}),
            },
        }
        with self._lock:
            if key in self._known:
                return
            with storage_refusals(self._path):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("ab") as stream:
                    stream.write(canonical_json(row) + b"\n")
            replayed = read_completion(stored)
            assert replayed is not None
            self._known[key] = replayed


def _read(path: Path) -> dict[str, Completion]:
    known: dict[str, Completion] = {}
    if not path.exists():
        return known
    with storage_refusals(path):
        lines = path.read_bytes().splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            completion = read_completion(json.dumps(row["completion"]).encode())
            key = str(row["digest"])
        except (ValueError, KeyError, TypeError) as problem:
            raise RunLogError(
                "this line is not a recorded call", where=f"{path}:{number}"
            ) from problem
        if completion is None:
            raise RunLogError("this line is not a recorded call", where=f"{path}:{number}")
        known[key] = completion
    return known
