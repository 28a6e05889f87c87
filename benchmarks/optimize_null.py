"""How often does the optimizer promote a wording that is no better?

A/A races: a simulated model answers each case right with the same chance whatever the wording says,
and errs on other cases for every wording. Nothing is better than anything, so every promotion is
false; at most 5 % may be. Beside it the power: the same with examples that really teach. The last
row is what comes of taking the best dev score at face value, as optimizers in the field do.

Run: python benchmarks/optimize_null.py [--races 500] [--json FILE]
"""

import argparse
import hashlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import anyio

from promptops.core.statistics import wilson
from promptops.evaluation import Evaluator, Target
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.llm.chat import ChatRequest, Completion, Usage
from promptops.optimize import Allowance, Optimizer, OptimizeResult
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


def race(name: str, chance: Callable[[ChatRequest], float], goal: str, seed: int) -> OptimizeResult:
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
            budget=Allowance(calls=150),
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--races", type=int, default=500, help="races over all A/A settings")
    parser.add_argument("--json", type=Path, help="where to write the numbers")
    options = parser.parse_args()
    each = max(1, options.races // 4)
    rows, naive = [], 0
    print(
        f"{'setting':28} {'races':>5} {'promoted':>8}  {'95 % interval':15} {'answers':>7}  s/race"
    )
    for name, (goal, chance) in SETTINGS.items():
        began = time.perf_counter()
        results = [race(f"{name} {n}", chance, goal, n) for n in range(each)]
        seconds = (time.perf_counter() - began) / each
        better = sum(
            r.verdict == "improved" and r.judgment is not None and r.judgment.claim == "better"
            for r in results
        )
        share = wilson(better, each)
        answers = sum(result.spent.answers for result in results) / each
        rows.append(
            {
                "setting": name,
                "races": each,
                "promoted": better,
                "interval": share.to_json(),
                "answers": answers,
                "seconds": seconds,
            }
        )
        if name.startswith("A/A"):
            naive += sum(any(t.dev_gain > 0 for t in result.tried) for result in results)
        print(
            f"{name:28} {each:5} {better / each:8.3f}  [{share.low:.3f}, {share.high:.3f}]  "
            f"{answers:7.0f}  {seconds:.2f}"
        )
    null = [row for row in rows if row["setting"].startswith("A/A")]
    total, false = sum(row["races"] for row in null), sum(row["promoted"] for row in null)
    share = wilson(false, total)
    print(
        f"{'all A/A: ours':28} {total:5} {false / total:8.3f}  [{share.low:.3f}, {share.high:.3f}]"
    )
    print(f"{'all A/A: best dev score':28} {total:5} {naive / total:8.3f}")
    summary = {"races": total, "false": false, "interval": share.to_json(), "naive": naive / total}
    if options.json:
        options.json.write_text(json.dumps({"settings": rows, "null": summary}, indent=1))


if __name__ == "__main__":
    main()
