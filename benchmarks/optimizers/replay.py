"""Verdicts on real recorded outputs: four models' compliance on four prompts' tests, no calls.

PromptPex (https://github.com/microsoft/promptpex, evals v7) recorded what four models answered to
tests of real prompts, and whether each answer complied. Each pair of models is a pair of systems
that share their tests. On some tests a rule decides whether B is better than A; the tests that
were held out say whether that holds. In the null rows each test's two results change places at
random, so that neither is better and every claim is false.
"""

import csv
import itertools
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import fmean

from promptops.evaluation.comparison import compare
from promptops.evaluation.result import CaseResult, Evaluation
from promptops.evaluation.target import Target

TITLE = "Replayed outputs (PromptPex): is B better than A?"
METRIC = "compliance"
_SPLITS = 12
_SEED = 7
_SIZES = (20, 40)
_HELD_OUT = 40

Results = Mapping[str, float]
"""Compliance by test."""


def table() -> list[list[str]]:
    """Claims of the higher mean and of our verdict, and how many of them hold."""
    lines = [["tests", "rule", "decisions", "claims", "not so on held-out tests", "null claims"]]
    for size in _SIZES:
        counts: dict[str, Counter[str]] = {"higher mean": Counter(), "ours": Counter()}
        for decided, held, swapped in _pairs(size):
            truth = _gain(*held) > 0
            for rule, count in counts.items():
                claimed = _claims(rule, *decided)
                count["decisions"] += 1
                count["claims"] += claimed
                count["wrong"] += claimed and not truth
                count["null"] += _claims(rule, *swapped)
        for rule, count in counts.items():
            total, claims = count["decisions"], count["claims"]
            wrong = f"{count['wrong']} ({100 * count['wrong'] / max(1, claims):.1f} %)"
            null = f"{count['null']} ({100 * count['null'] / total:.1f} %)"
            lines.append([str(size), rule, str(total), str(claims), wrong, null])
    return lines


Pair = tuple[Results, Results]


def _pairs(size: int) -> Iterator[tuple[Pair, Pair, Pair]]:
    """Tests to decide on, held-out tests, and the former with places changed at random."""
    for prompt, models in sorted(_recorded().items()):
        for (first, a), (second, b) in itertools.permutations(sorted(models.items()), 2):
            shared = sorted(set(a) & set(b))
            for number in range(_SPLITS):
                drawn = random.Random(f"{_SEED} {prompt} {first} {second} {number}")
                order = drawn.sample(shared, len(shared))
                decide, held = order[:size], order[size : size + _HELD_OUT]
                turned = {test: drawn.random() < 0.5 for test in decide}
                yield (
                    _only(a, b, decide),
                    _only(a, b, held),
                    (
                        {test: (b if turned[test] else a)[test] for test in decide},
                        {test: (a if turned[test] else b)[test] for test in decide},
                    ),
                )


def _only(a: Results, b: Results, tests: list[str]) -> Pair:
    return {test: a[test] for test in tests}, {test: b[test] for test in tests}


def _gain(a: Results, b: Results) -> float:
    return fmean(b.values()) - fmean(a.values())


def _claims(rule: str, a: Results, b: Results) -> bool:
    if rule == "higher mean":
        return _gain(a, b) > 0
    return compare(_evaluation(a), _evaluation(b), METRIC).verdict == "improved"


def _evaluation(results: Results) -> Evaluation:
    return Evaluation(
        prompt_id="recorded",
        subject="",
        target=Target(model="recorded"),
        inputs={},
        cases=tuple(CaseResult(case_id=key, scores={METRIC: v}) for key, v in results.items()),
    )


def _recorded() -> dict[str, dict[str, dict[str, float]]]:
    """Prompt -> model -> test -> 1 for an answer that complied; unjudged answers left out."""
    folder = Path(os.environ.get("PROMPTOPS_DATA", "../shared/data")) / "intel/optim/promptpex_v7"
    found: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for file in sorted(folder.glob("*__test_results.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if row["compliance"] in ("ok", "err"):
                    score = float(row["compliance"] == "ok")
                    found[file.name.partition("__")[0]][row["model"]][row["id"]] = score
    return found
