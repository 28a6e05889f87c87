"""What the evaluation runner adds: to calls of the embedded model, and to cases that are known.

Calls: questions of one kind through `Evaluator.run` (rendering, scoring, LiteLLM, limits, meter,
caches, evidence; all answers new) beside the limit, the engine called directly with such messages.
Both run in turns, in blocks that begin with the same text. The stated bound is 10 %.

Known cases: 100,000 cases of which one changed, so every result but one comes from the store of
results and the whole evaluation is written as evidence again; beside the limit, which reads as many
rows of that store and decodes their JSON. The stated bound is 50 µs a case. Beside them: the
evaluation found as a whole, and all cases scored anew from cached answers (another scorer).

    python benchmarks/evaluate_throughput.py [--cases 100000] [--calls 90]
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import anyio

from promptops.config.environment import default_weights, prepare_environment
from promptops.core.store import BlobStore
from promptops.evaluation import Evaluation, Evaluator, Target
from promptops.evaluation.known import result_keys
from promptops.evaluation.runner import OF_EVERY_CASE
from promptops.golden.case import GoldenCase, GoldenSet
from promptops.llm.cached import CachedChat
from promptops.llm.chat import Chat
from promptops.llm.embedded.engine import shared_engine
from promptops.llm.embedded.weights import fingerprint, weights_path
from promptops.llm.limited import LimitedChat
from promptops.llm.litellm_chat import LiteLLMChat
from promptops.llm.metered import Meter, MeteredChat
from promptops.llm.scripted import ScriptedChat
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import Prompt
from promptops.scoring import load_scorers
from promptops.tracking.evidence import EvidenceStore

MODEL = "embedded/smollm2-135m"
LABELS = ["refund", "delivery", "account", "product"]
SCHEMA = {
    "type": "object",
    "required": ["label"],
    "properties": {"label": {"type": "string", "enum": LABELS}},
}
SYSTEM = "Sort the message of a customer: " + "; ".join(
    f"{label} is about {label} and nothing else" for label in LABELS * 4
)
PARAMS = {"temperature": 0, "max_tokens": 24}
PROMPT = Prompt.model_validate(
    {
        "id": "topic",
        "version": "1.0.0",
        "title": "Topic",
        "intent": "classify",
        "variables": {"message": {}},
        "messages": [
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": "{{ message }}"},
        ],
        "output": {"schema": SCHEMA},
        "model": {"params": PARAMS},
    }
)
ROUNDS, TURN = 5, 6


def question(number: int) -> str:
    return f"Order {4000 + number}: where is my parcel, it was promised for Monday?"


def golden(numbers: range) -> GoldenSet:
    cases = tuple(
        GoldenCase(id=f"c{n}", inputs={"message": question(n)}, expected={"label": "delivery"})
        for n in numbers
    )
    return GoldenSet(name="messages", path=Path("messages.jsonl"), cases=cases)


def evaluator(folder: Path, chat: Chat, print_of: Callable[[str], str], places: int) -> Evaluator:
    return Evaluator(
        CachedChat(MeteredChat(chat, Meter()), BlobStore(folder / "answers.db"), print_of),
        EvidenceStore(folder / "evidence.db"),
        fingerprint=print_of,
        clock=lambda: datetime.now(UTC),
        code_version="benchmark",
        concurrency=places,
        results=BlobStore(folder / "results.db"),
    )


@dataclass(frozen=True, kw_only=True)
class Took:
    """Seconds on the clock, and of this process's CPU: the machine may have other work."""

    wall: float
    cpu: float


class Watch:
    """Starts when it is made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def took(self) -> Took:
        return Took(wall=time.perf_counter() - self._wall, cpu=time.process_time() - self._cpu)


def run(runner: Evaluator, cases: GoldenSet, model: str, *metrics: str) -> tuple[Evaluation, Took]:
    watch = Watch()
    found = anyio.run(
        lambda: runner.run(PROMPT, cases, target=Target(model=model), scorers=load_scorers(metrics))
    )
    return found, watch.took()


def calls(folder: Path, count: int, places: int) -> dict[str, float]:
    """The engine alone beside the runner with so many calls in flight, in turns of a few calls.

    Returns:
        Calls a second of both (medians), the median ratio of neighboring turns, and the ratio of
        the CPU seconds of all turns, which other work on the machine does not change.
    """
    weights = default_weights()
    engine = shared_engine(weights_path(MODEL, weights))
    chat = LimitedChat(LiteLLMChat(weights=weights), {"embedded": places})
    runner = evaluator(folder, chat, lambda model: fingerprint(model, weights), places)

    def alone(numbers: range) -> Took:
        watch = Watch()
        for number in numbers:
            messages = [
                {"role": "system", "content": SYSTEM},
                {"role": "user", "content": question(number)},
            ]
            engine.answer(messages, PARAMS, schema=SCHEMA)
        return watch.took()

    alone(range(2)), run(runner, golden(range(2, 4)), MODEL, "label_match")  # load everything
    bare: list[Took] = []
    ours: list[Took] = []
    for first in range(10, 10 + 2 * count, 2 * TURN):
        bare.append(alone(range(first, first + TURN)))
        cases = golden(range(first + TURN, first + 2 * TURN))
        found, took = run(runner, cases, MODEL, "label_match")
        assert (found.calls, len(found.failures)) == (TURN, 0)
        ours.append(took)
    pairs = list(zip(bare, ours, strict=True))
    return {
        "engine alone": TURN / median(each.wall for each in bare),
        "evaluation": TURN / median(each.wall for each in ours),
        "ratio": median(one.wall / two.wall for one, two in pairs),
        "ratio of CPU": sum(each.cpu for each in bare) / sum(each.cpu for each in ours),
    }


def known(folder: Path, count: int) -> dict[str, dict[str, float]]:
    """Microseconds a case, on the clock and of CPU; the best of some rounds of each."""
    script = ScriptedChat(lambda _request: '{"label": "delivery"}')
    runner = evaluator(folder, script, lambda _model: "", 4)
    model, metric = "simulated", "label_match"
    took: dict[str, list[Took]] = {}
    took["first run, an answer at once"] = [run(runner, golden(range(count)), model, metric)[1]]
    for number in range(1, ROUNDS + 1):
        found, seconds = run(runner, golden(range(number, count + number)), model, metric)
        assert found.calls == 1
        took.setdefault("one case changed", []).append(seconds)
        found, seconds = run(runner, golden(range(number, count + number)), model, metric)
        assert found.from_evidence
        took.setdefault("known as a whole", []).append(seconds)
        took.setdefault("limit: read and decode", []).append(limit(folder, runner, count))
    found, seconds = run(runner, golden(range(count)), model, "token_f1")
    assert found.calls == 0
    took["another scorer, answers known"] = [seconds]
    return {
        name: {
            "wall": min(each.wall for each in values) / count * 1e6,
            "cpu": min(each.cpu for each in values) / count * 1e6,
        }
        for name, values in took.items()
    }


def limit(folder: Path, runner: Evaluator, count: int) -> Took:
    """What it takes to read the rows of all known results and to decode them, and nothing else."""
    cases, scorers = golden(range(count)), load_scorers(["label_match"])
    inputs = runner.inputs(cases, target=Target(model="simulated"), scorers=scorers)
    shared = {name: inputs[name] for name in OF_EVERY_CASE}
    pairs = [(case, 0) for case in cases.cases]
    keys = result_keys({"subject": variant_digest(PROMPT), **shared}, pairs)
    store = BlobStore(folder / "results.db")
    watch = Watch()
    rows = [json.loads(data) for data in store.get_many(keys).values()]
    assert len(rows) == count
    return watch.took()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--cases", type=int, default=100_000)
    arguments.add_argument("--calls", type=int, default=90)
    chosen = arguments.parse_args()
    prepare_environment()
    report: dict[str, object] = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as work:
        if chosen.calls:
            names = ("engine alone", "evaluation", "ratio", "ratio of CPU")
            print(f"{'calls in flight':18}" + "".join(f"{name:>14}" for name in names))
            report["calls"] = {}
            for places in (1, 2):
                rates = calls(Path(work) / str(places), chosen.calls, places)
                print(f"{places:<18}" + "".join(f"{rates[name]:14.3f}" for name in names))
                report["calls"][places] = rates
        if chosen.cases:
            micros = known(Path(work) / "known", chosen.cases)
            least = micros["limit: read and decode"]["cpu"]
            head = ("known cases", "µs a case", "of CPU", "CPU to the limit")
            print(f"\n{head[0]:32}{head[1]:>12}{head[2]:>10}{head[3]:>18}")
            for name, value in micros.items():
                ratio = value["cpu"] / least
                print(f"{name:32}{value['wall']:12.1f}{value['cpu']:10.1f}{ratio:18.2f}")
            report["known"] = {"cases": chosen.cases, "microseconds": micros}
    Path(__file__).with_suffix(".json").write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
