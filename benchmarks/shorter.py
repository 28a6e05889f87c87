"""How much shorter do prompts get at no loss, beside other prompt compressors?

``texts``: deterministic compression over real collections (1,529 awesome prompts, 233 patterns of
fabric): tokens before and after by strength, share of each class of removal, and what was changed
that must not change (placeholders, numbers, forbidding words, quotes, code). ``tasks``: verbose
task prompts on the embedded model, down the ladder of deletions and (``--optimizer``) through the
whole optimizer: reduction of the input, score before and after, and whether a loss of the margin is
ruled out; the peers' texts are judged by the same test on the same cases. A prompt for which
nothing is shown counts as 0 %.

Run: python benchmarks/shorter.py {texts,tasks} [--sample N] [--only NAME ...] [--peers] [--json F]
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
from shorter_peers import MODEL, PEERS, tokens
from shorter_tasks import DATA, Task, tasks

from promptops.config.environment import default_weights, prepare_environment
from promptops.core.statistics import mean_interval
from promptops.core.store import BlobStore
from promptops.errors import PromptOpsError
from promptops.evaluation import Evaluation, Evaluator, Target
from promptops.evaluation.comparison import ALPHA, Comparison, compare
from promptops.golden.case import GoldenCase
from promptops.llm.cached import CachedChat
from promptops.llm.embedded.weights import fingerprint
from promptops.llm.limited import LimitedChat
from promptops.llm.litellm_chat import LiteLLMChat
from promptops.optimize import Allowance, Optimizer, Plan
from promptops.optimize.candidate import OptimizeTask, load_proposer
from promptops.optimize.compressing import STRENGTHS, compress
from promptops.optimize.compressing.literals import literals
from promptops.optimize.descent import descend
from promptops.optimize.goals import find_goal
from promptops.optimize.proposers.deletion import Deletion
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.prompts.template import escape_literal
from promptops.scoring import load_scorers

MARGIN = 0.1
_MODEL_SAMPLE = 20  # texts for a peer that reads them with the model
RUNGS = (0.35, 0.7)
PROPOSERS = ("compression", "deletion", "fewer_examples")
PLAN = Plan(most_train=200, most_dev=60, most_test=200, margin=MARGIN)
Report = dict[str, Any]


def collections() -> Iterator[str]:
    import csv

    csv.field_size_limit(10**9)
    lines = (DATA / "prompts/fabric_patterns.jsonl").read_text(encoding="utf-8").splitlines()
    yield from (json.loads(line)["text"] for line in lines)
    file = DATA / "prompts/awesome-chatgpt-prompts.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        yield from (row["prompt"] for row in csv.DictReader(stream))


def measure_texts(sample: int, *, with_peers: bool) -> list[Report]:
    """One row for each strength and each peer."""
    texts = [text for text in collections() if 0 < len(text) <= 20_000]
    random.Random(7).shuffle(texts)
    if sample:
        texts = texts[:sample]
    before = [tokens(text) for text in texts]
    print(f"{len(texts)} prompts, {sum(before)} tokens")
    print(
        f"{'':30} {'all':>6} {'mean':>6} {'p90':>6}  {'s/prompt':>8}  broken prompts by what broke"
    )
    rows = []
    for strength in STRENGTHS:
        kinds: Counter[str] = Counter()

        def ours(text: str, strength: Any = strength, kinds: Counter[str] = kinds) -> str:
            done = compress(text, strength=strength)
            kinds.update(removal.kind for removal in done.removals)
            return done.text

        rows.append(_texts_row(f"ours: {strength}", ours, texts, before) | {"kinds": dict(kinds)})
        print(f"{'':32}{', '.join(f'{kind} {n}' for kind, n in kinds.most_common())}")
    for name, peer in PEERS.items() if with_peers else ():
        some = _MODEL_SAMPLE if "SmolLM2" in name else len(texts)
        rows.append(_texts_row(name, peer, texts[:some], before[:some]))
    return rows


def _texts_row(
    name: str, shorten: Callable[[str], str], texts: Sequence[str], before: Sequence[int]
) -> Report:
    started = time.perf_counter()
    shorter = [shorten(text) for text in texts]
    seconds = (time.perf_counter() - started) / len(texts)
    after = [tokens(text) for text in shorter]
    saved = sorted(1 - new / old for new, old in zip(after, before, strict=True))
    broken: Counter[str] = Counter()
    for old, new in zip(texts, shorter, strict=True):
        broken.update({kind_of(literal) for literal in literals(old) - literals(new)})
        broken["any"] += literals(old) != literals(new)
    print(
        f"{name:30} {1 - sum(after) / sum(before):6.1%} {sum(saved) / len(saved):6.1%} "
        f"{saved[int(0.9 * len(saved))]:6.1%}  {seconds:8.4f}  "
        f"{', '.join(f'{kind} {n}' for kind, n in broken.most_common() if n) or 'none'}",
        flush=True,
    )
    return {
        "name": name,
        "prompts": len(texts),
        "saved": 1 - sum(after) / sum(before),
        "mean_saved": sum(saved) / len(saved),
        "seconds": seconds,
        "broken": dict(broken),
    }


def kind_of(literal: str) -> str:
    """What kind of literal it is, for the table."""
    first = literal[0]
    if "```" in literal[:4] or first in "`~":
        return "code"
    if first in "\"“«'":
        return "quotes"
    if first.isdigit():
        return "numbers"
    if first in "{[$<":
        return "placeholders and tags"
    return "addresses" if "@" in literal or "://" in literal else "restricting words"


class Measuring:
    """The embedded model with a cache of answers, and what is measured on it."""

    def __init__(self, cache: Path) -> None:
        prepare_environment()
        folder = default_weights()
        inner = LimitedChat(LiteLLMChat(weights=folder), {"embedded": 1})
        self._chat = CachedChat(inner, BlobStore(cache), lambda name: fingerprint(name, folder))
        self._folder = folder
        self._scorers = load_scorers(["label_match"])
        self._target = Target(model=MODEL)
        self._evaluator = Evaluator(
            self._chat,
            None,
            fingerprint=lambda name: fingerprint(name, folder),
            clock=_now,
            code_version="benchmark",
            concurrency=2,
        )

    async def optimized(self, task: Task, calls: int) -> Report:
        """The task's prompt through the optimizer: propose, race, judge the best."""
        optimizer = Optimizer(
            self._evaluator,
            None,
            clock=_now,
            code_version="benchmark",
            plan=PLAN,
            proposers=[load_proposer(name) for name in PROPOSERS],
        )
        result = await optimizer.optimize(
            task.prompt,
            task.golden,
            target=self._target,
            scorers=self._scorers,
            goal="shorter",
            budget=Allowance(calls=calls),
        )
        row = _row(task, "ours: optimizer", reason=result.reason, answers=result.spent.answers)
        if result.judgment is not None and result.best is not None:
            row |= _judged(result.base, result.best, result.judgment.comparison)
            row["p"] = result.judgment.p_value
        return row | {"shown": result.verdict == "improved"}

    async def descended(self, task: Task) -> Report:
        """The task's prompt down the ladder, each rung tested in a fixed order on all cases."""
        answers: dict[str, int] = {}

        async def measure(prompt: Prompt, cases: Sequence[GoldenCase]) -> Evaluation:
            answers[variant_digest(prompt, None)] = len(cases)
            return await self._run(prompt, cases)

        empty = Evaluation(
            prompt_id=task.prompt.id, subject="", target=self._target, inputs={}, cases=()
        )
        proposed = await Deletion(RUNGS).propose(
            OptimizeTask(
                prompt=task.prompt, train=(), base=empty, metric="label_match",
                goal=find_goal("shorter"),
            )
        )  # fmt: skip
        longest_first = sorted(proposed, key=lambda each: -len(each.prompt.messages[0].content))
        tested = await descend(
            task.prompt, longest_first, task.golden.cases, measure=measure, metric="label_match",
            margin=MARGIN, seed=7,
        )  # fmt: skip
        shown = [test for test in tested if test.shown]
        best = shown[-1] if shown else tested[0]
        row = _row(task, "ours: ladder", reason=best.candidate.reason)
        row |= _judged(best.base, best.new, best.comparison)
        row |= {"answers": sum(answers.values()), "text": best.candidate.prompt.messages[0].content}
        return row | {"p": best.comparison.p_not_worse, "shown": bool(shown)}

    async def judged(self, task: Task, name: str, text: str) -> Report:
        """A peer's text in place of the system message, on all cases."""
        shorter = replaced(task.prompt, text)
        base = await self._run(task.prompt, task.golden.cases)
        new = await self._run(shorter, task.golden.cases)
        comparison = compare(base, new, "label_match", margin=MARGIN, seed=7)
        row = _row(task, name, reason="")
        row |= _judged(base, new, comparison)
        row["p"] = comparison.p_not_worse
        row["shown"] = row["p"] < ALPHA and row["saved"] > 0
        lost = literals(task.prompt.messages[0].content) - literals(text)
        row["broken"] = dict(Counter(map(kind_of, lost)))
        return row

    async def _run(self, prompt: Prompt, cases: Sequence[GoldenCase]) -> Evaluation:
        return await self._evaluator.run(
            prompt, cases, target=self._target, scorers=self._scorers, record=False
        )


def _row(task: Task, name: str, **more: object) -> Report:
    labels = Counter(case.expected for case in task.golden.cases)
    floor = max(labels.values()) / len(task.golden.cases)
    return {"task": task.prompt.id, "frame": task.frame, "name": name, "floor": floor, **more}


def _judged(base: Evaluation, new: Evaluation, comparison: Comparison) -> Report:
    before, after = base.input_tokens_mean, new.input_tokens_mean
    return {
        "tokens": [before, after],
        "saved": 1 - after / before,
        "score": [comparison.base, comparison.new],
        "difference": comparison.difference.to_json(),
        "cases": comparison.pairs,
        "margin": MARGIN,
    }


def replaced(prompt: Prompt, text: str) -> Prompt:
    """The prompt with other words, which are no template, as its system message."""
    first = MessageTemplate(role="system", content=escape_literal(text) or "-")
    return prompt.replace(messages=(first, *prompt.messages[1:]))


def measure_tasks(options: argparse.Namespace) -> list[Report]:
    """One row for each task and each compressor; written as they come."""
    measuring = Measuring(options.cache)
    rows: list[Report] = []
    chosen = [task for task in tasks() if not options.only or task.prompt.id in options.only]
    for task in chosen:
        rows.append(anyio.run(measuring.descended, task))
        _told(rows[-1])
        _write(options.json, {"tasks": rows})
    for task in chosen if options.optimizer else ():
        rows.append(anyio.run(measuring.optimized, task, options.calls))
        _told(rows[-1])
        _write(options.json, {"tasks": rows})
    for name, peer in PEERS.items() if options.peers else ():
        for task in chosen:
            try:
                text = peer(task.prompt.messages[0].content)
                row = anyio.run(measuring.judged, task, name, text)
            except PromptOpsError as problem:
                row = _row(task, name, reason=str(problem), shown=False)
            rows.append(row)
            _told(row)
            _write(options.json, {"tasks": rows})
    _summed("all prompts", rows)
    knowing = {
        row["task"] for row in rows if "score" in row and row["score"][0] >= row["floor"] + MARGIN
    }
    # At the floor nothing can be lost: only what is above it says that wording did no harm.
    _summed(
        "prompts whose score is above always saying the commonest label by the margin or more",
        [row for row in rows if row["task"] in knowing],
    )
    return rows


def _summed(title: str, rows: Sequence[Report]) -> None:
    print(f"\n{title}")
    print(f"{'':30} {'prompts':>7} {'shown':>5}  reduction counted, mean [95 %]   raw   score")
    for name in dict.fromkeys(row["name"] for row in rows):
        own = [row for row in rows if row["name"] == name]
        counted = [row["saved"] if row["shown"] else 0.0 for row in own]
        interval = mean_interval(counted, seed=7)
        scored = [row for row in own if "score" in row]
        raw = sum(row["saved"] for row in scored) / max(1, len(scored))
        gain = sum(row["score"][1] - row["score"][0] for row in scored) / max(1, len(scored))
        print(
            f"{name:30} {len(own):7} {sum(row['shown'] for row in own):5}  "
            f"{interval.estimate:6.1%} [{interval.low:6.1%}, {interval.high:6.1%}]  {raw:10.1%}  "
            f"{gain:+.3f}"
        )


def _told(row: Report) -> None:
    numbers = row.get("reason", "")[:120]
    if "score" in row:
        numbers = (
            f"score {row['score'][0]:.2f} -> {row['score'][1]:.2f} (commonest label "
            f"{row['floor']:.2f}), tokens {row['tokens'][0]:.0f} "
            f"-> {row['tokens'][1]:.0f} ({row['saved']:.0%} less), p {row['p']:.4f} at margin "
            f"{MARGIN}, {row['cases']} cases"
        )
    mark = "shown" if row["shown"] else "not shown"
    print(f"{row['task']:28} {row['name']:28} {mark:9} {numbers}", flush=True)


def _write(file: Path | None, report: Report) -> None:
    if file is not None:
        file.write_text(json.dumps(report, indent=1) + "\n")


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=("texts", "tasks"))
    parser.add_argument("--sample", type=int, default=0, help="texts: so many prompts; 0 is all")
    parser.add_argument("--only", nargs="*", default=[], help="tasks: these alone")
    parser.add_argument("--calls", type=int, default=600, help="tasks: answers for a prompt")
    parser.add_argument("--optimizer", action="store_true", help="tasks: the whole optimizer too")
    parser.add_argument("--peers", action="store_true", help="compare with what is installed")
    parser.add_argument("--cache", type=Path, default=Path(".promptops/shorter.db"))
    parser.add_argument("--json", type=Path, help="where to write the numbers")
    options = parser.parse_args()
    if options.part == "texts":
        _write(options.json, {"texts": measure_texts(options.sample, with_peers=options.peers)})
    else:
        measure_tasks(options)


if __name__ == "__main__":
    main()
