"""Peers on a model for which no wording is better than another.

Each answer is right with a chance that does not depend on the wording, drawn anew for every race
and wording. Whoever returns another prompt than the one it was given says that it is better, and
that is false. Peers run as in `optimize_quality`: the same endpoint, the same budget.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optimize_tasks import Task

from optimizers.running import OPTIMIZERS, Peers, Unit, job_of, run_process
from optimizers.server import Endpoint, Messages, Reply
from promptops.core.canonical import JSON
from promptops.core.statistics import Interval, wilson
from promptops.golden.case import GoldenCase

LABELS = ("refund", "delivery", "account", "payment")
_CASE = re.compile(r"message number (\d+) about a matter of the shop\s*$")
_CASES, _CALLS, _MOST = 40, 150, 200

TASK = Task(
    name="topic",
    instruction="Please sort the message of the customer.",
    user="{{ message }}",
    metric="label_match",
    labels=LABELS,
    max_tokens=8,
    pool=tuple(
        GoldenCase(
            id=f"c{number:03}",
            inputs={"message": f"message number {number} about a matter of the shop"},
            expected=LABELS[number % len(LABELS)],
        )
        for number in range(_CASES)
    ),
    test=(),
)


class NothingHelps:
    """A model that is right with the same chance whatever the wording says.

    What is no case of ours is taken for a request to write: it gets a new wording, in the marks
    that the optimizers look for.
    """

    def __init__(self, race: str, chance: float) -> None:
        """Draw for one race."""
        self._race = race
        self._chance = chance
        self._written = 0

    def reply(self, messages: Messages, params: Mapping[str, JSON]) -> Reply:
        """See `optimizers.server.Model.reply`."""
        wording = "\n".join(message["content"] for message in messages)
        found = _CASE.search(messages[-1]["content"])
        if found is None or int(params["max_tokens"]) > TASK.max_tokens:
            self._written += 1
            text = f"Sort what the customer writes, by way number {self._written}."
            return Reply(text=f"```\n<prompt>{text}</prompt>\n```")
        drawn = hashlib.sha256(f"{self._race}\0{wording}".encode()).digest()
        right = int.from_bytes(drawn[:8]) / 2**64 < self._chance
        return Reply(text=LABELS[(int(found[1]) + (not right)) % len(LABELS)])


def peer_races(name: str, peers: Peers, *, chance: float) -> tuple[int, int, Interval]:
    """Races, false claims, and their share with its interval.

    Races that do not end within `peers.minutes` in all do not count.

    Raises:
        RuntimeError: No race ended, or one failed.
    """
    with Endpoint(NothingHelps(name, chance), score=_score) as endpoint:
        files, outs = [], []
        for seed in range(1, _MOST + 1):
            key = f"null-{name}-{seed}"
            endpoint.open_run(key, budget=_CALLS, seed=seed, model=NothingHelps(key, chance))
            unit = Unit(task="topic", seed=seed, optimizer=name, calls=_CALLS)
            out, file = peers.work / f"{key}.result.json", peers.work / f"{key}.job.json"
            out.unlink(missing_ok=True)
            file.write_text(json.dumps(job_of(unit, TASK, endpoint.url, key, out)))
            files.append(file)
            outs.append(out)
        run_process(peers.python, OPTIMIZERS[name], files, peers)
    ended = [found for out in outs if (found := _ended(out)) is not None]
    if not ended:
        raise RuntimeError(f"{name} ended no race: see {files[0].with_suffix('.log')}")
    false = sum(each[0]["messages"] != each[-1]["messages"] for each in ended)
    return len(ended), false, wilson(false, len(ended))


def _ended(out: Path) -> list[dict[str, Any]] | None:
    if not out.exists():
        return None
    result = json.loads(out.read_text(encoding="utf-8"))
    if "error" in result:
        raise RuntimeError(result["error"])
    trajectory: list[dict[str, Any]] = result["trajectory"]
    return trajectory if result.get("finished") else None


def _score(_: str, case: str, answer: str) -> float:
    wanted = LABELS[int(case.removeprefix("c")) % len(LABELS)]
    return float(answer.strip().casefold() == wanted)
