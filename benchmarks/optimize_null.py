"""How often does the optimizer promote a wording that is no better?

A/A races: a simulated model answers each case right with the same chance whatever the wording says,
and errs on other cases for every wording. Nothing is better than anything, so every promotion is
false; at most 5 % may be. Beside it the power: the same with examples that really teach. One row is
what comes of taking the best dev score at face value, as optimizers in the field do; the rows after
it are such optimizers (`make peers-optimize`), on the same cases, with the same budget of calls, by
an endpoint whose answers no wording changes: how often they return another prompt than they got.

The second table is what the race saves: our search as it is, and with every wording run on every
case, in settings with and without a gain; the error must be no greater, the power no less.

Run: python benchmarks/optimize_null.py [--races 500] [--peer-minutes 5] [--json FILE]
"""

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any
from unittest.mock import patch

import anyio
from optimizers.running import OPTIMIZERS, ROOT, Peers
from optimizers.simulated import peer_races

from promptops.core.statistics import wilson
from promptops.evaluation import Evaluator, Target
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.llm.chat import ChatRequest, Completion, Usage
from promptops.optimize import Allowance, Optimizer, OptimizeResult, search
from promptops.prompts.model import Prompt
from promptops.scoring import load_scorers

LABELS = ("refund", "delivery", "account", "payment")
PROMPT = Prompt.model_validate(
    {
        "id": "topic",
        "version": "1.0.0",
        "title": "Topic",
        "intent": "classify",
        "variables": {"message": {}},
        "messages": [
            {"role": "system", "content": "Please sort the message of the customer."},
            {"role": "user", "content": "{{ message }}"},
        ],
        "output": {
            "schema": {
                "type": "object",
                "required": ["label"],
                "properties": {"label": {"type": "string", "enum": list(LABELS)}},
            }
        },
    }
)
CASES = tuple(
    GoldenCase(
        id=f"c{number:03}",
        inputs={"message": f"message number {number} about a matter of the shop"},
        expected={"label": LABELS[number % 4]},
    )
    for number in range(40)
)
GOLDEN = GoldenSet(name="topic", path=Path("topic.jsonl"), cases=CASES)


class SimulatedModel:
    """Right with a given chance, drawn anew for every race, wording and case."""

    def __init__(self, race: str, chance: Callable[[ChatRequest], float]) -> None:
        self._race = race
        self._chance = chance

    async def complete(self, request: ChatRequest) -> Completion:
        case = request.messages[-1].content
        wanted = LABELS[int(case.split()[2]) % 4]
        wording = "\n".join(message.content for message in request.messages)
        drawn = hashlib.sha256(f"{self._race}\0{wording}".encode()).digest()
        right = int.from_bytes(drawn[:8]) / 2**64 < self._chance(request)
        label = wanted if right else LABELS[(LABELS.index(wanted) + 1) % 4]
        return Completion(
            text=json.dumps({"label": label}),
            usage=Usage(input_tokens=len(wording.split()), output_tokens=5),
            latency_ms=1.0,
            cost_usd=0.0,
            model=request.model,
            finish_reason="stop",
        )


def race(
    name: str,
    chance: Callable[[ChatRequest], float],
    goal: str,
    seed: int,
    *,
    calls: int | None = 150,
) -> OptimizeResult:
    def clock() -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    evaluator = Evaluator(
        SimulatedModel(name, chance),
        None,
        fingerprint=lambda _: "simulated",
        clock=clock,
        code_version="benchmark",
        concurrency=1,
    )
    optimizer = Optimizer(evaluator, None, clock=clock, code_version="benchmark", seed=seed)

    async def main() -> OptimizeResult:
        return await optimizer.optimize(
            PROMPT,
            GOLDEN,
            target=Target(model="simulated"),
            scorers=load_scorers(["label_match"]),
            goal=goal,
            budget=Allowance(calls=calls),
        )

    return anyio.run(main)


def taught(base: float, gain: float) -> Callable[[ChatRequest], float]:
    def chance(request: ChatRequest) -> float:
        shown = any(message.role == "assistant" for message in request.messages)
        return base + gain if shown else base

    return chance


SETTINGS = {
    "A/A, right 30 %": ("accuracy", taught(0.3, 0.0)),
    "A/A, right 50 %": ("accuracy", taught(0.5, 0.0)),
    "A/A, right 70 %": ("accuracy", taught(0.7, 0.0)),
    "A/A, right 50 %, balanced": ("balanced", taught(0.5, 0.0)),
    "examples +30 points": ("accuracy", taught(0.4, 0.3)),
    "examples +50 points": ("accuracy", taught(0.3, 0.5)),
}


def claims_better(result: OptimizeResult) -> bool:
    """Whether an improvement of the score is claimed."""
    return (
        result.verdict == "improved"
        and result.judgment is not None
        and result.judgment.claim == "better"
    )


def own_races(each: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Our rows, and all A/A settings together."""
    rows: list[dict[str, Any]] = []
    naive = 0
    for name, (goal, chance) in SETTINGS.items():
        began = time.perf_counter()
        results = [race(f"{name} {n}", chance, goal, n) for n in range(each)]
        better = sum(map(claims_better, results))
        row = {
            "setting": name,
            "races": each,
            "promoted": better,
            "interval": wilson(better, each).to_json(),
            "answers": fmean(result.spent.answers for result in results),
            "seconds": (time.perf_counter() - began) / each,
        }
        rows.append(row)
        if name.startswith("A/A"):
            naive += sum(any(t.dev_gain > 0 for t in result.tried) for result in results)
        show(name, each, better, f"{row['answers']:7.0f}  {row['seconds']:.2f}")
    null = [row for row in rows if row["setting"].startswith("A/A")]
    total, false = sum(row["races"] for row in null), sum(row["promoted"] for row in null)
    show("all A/A: ours", total, false)
    show("all A/A: best dev score", total, naive)
    interval = wilson(false, total).to_json()
    return rows, {"races": total, "false": false, "interval": interval, "naive": naive / total}


def show(name: str, races: int, promoted: int, rest: str = "") -> None:
    """Print a row."""
    share = wilson(promoted, races)
    print(
        f"{name:36} {races:5} {promoted / races:8.3f}  [{share.low:.3f}, {share.high:.3f}]  {rest}",
        flush=True,
    )


def peer_rows(minutes: float) -> dict[str, Any]:
    """The rows of optimizers in the field, when they are installed."""
    python = ROOT / ".venv-optimizers" / "bin" / "python"
    if not python.exists():
        print("other optimizers are not installed: make peers-optimize")
        return {}
    found = {}
    for name in OPTIMIZERS:
        if OPTIMIZERS[name] == "ours":
            continue
        with tempfile.TemporaryDirectory() as folder:
            peers = Peers(
                python=python, own_python=Path(sys.executable), work=Path(folder), minutes=minutes
            )
            races, false, share = peer_races(name, peers, chance=0.5)
        show(f"A/A, right 50 %: {name}", races, false)
        found[name] = {"races": races, "false": false, "interval": share.to_json()}
    return found


def every_case(available: int, _: int | None, most_cases: int, last: int) -> search.Schedule:
    """Instead of a race: every wording on as many cases as the last rung has."""
    if available == 0 or most_cases == 0:
        return search.Schedule(0, ())
    return search.Schedule(available, (min(last, most_cases),))


def saving_rows(each: int) -> list[dict[str, Any]]:
    """Our race beside the same search with every wording run on every case."""
    rows = []
    head = f"{'race':>8} {'all cases':>10}   answers {'race':>6} {'all':>6}  saved"
    print(f"\n{'claims better':24} {head}")
    for name in ("A/A, right 50 %", "examples +30 points", "examples +50 points"):
        goal, chance = SETTINGS[name]
        raced = [race(f"{name} {n}", chance, goal, n, calls=None) for n in range(each)]
        with patch.object(search, "schedule", every_case):
            whole = [race(f"{name} {n}", chance, goal, n, calls=None) for n in range(each)]
        claims = [sum(map(claims_better, results)) / each for results in (raced, whole)]
        answers = [fmean(r.spent.answers for r in results) for results in (raced, whole)]
        saved = 1 - answers[0] / answers[1]
        print(
            f"{name:24} {claims[0]:8.3f} {claims[1]:10.3f}           "
            f"{answers[0]:6.0f} {answers[1]:6.0f}  {100 * saved:.0f} %",
            flush=True,
        )
        rows.append({"setting": name, "claims": claims, "answers": answers, "saved": saved})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--races", type=int, default=500, help="races over all A/A settings")
    parser.add_argument(
        "--peer-minutes", type=float, default=5, help="time of each other optimizer; 0 for none"
    )
    parser.add_argument("--json", type=Path, help="where to write the numbers")
    options = parser.parse_args()
    each = max(1, options.races // 4)
    print(f"{'setting':36} {'races':>5} {'promoted':>8}  {'95 % interval':15} answers  s/race")
    rows, summary = own_races(each)
    others = peer_rows(options.peer_minutes) if options.peer_minutes else {}
    saving = saving_rows(each)
    if options.json:
        numbers = {"settings": rows, "null": summary, "peers": others, "saving": saving}
        options.json.write_text(json.dumps(numbers, indent=1))


if __name__ == "__main__":
    main()
