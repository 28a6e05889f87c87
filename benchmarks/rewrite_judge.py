"""Fit by which margin a small judge must be sure that two wordings say the same.

    python benchmarks/rewrite_judge.py MODEL [FILE ...] [--write]

Asked is about the pairs that the structural check would let a judge release: harmful and harmless
edits of ``benchmarks/edits`` (the files given, or all) against which nothing but unknown words
speaks, with the lexicon as it is and once more without the synonyms of ``vocabulary.txt``, so that
many synonyms are unknown ones. Read is the log-odds of "Yes" over "No" as the first token of the
answer, in both directions; the lower one counts. The margin is the strictest that costs least on
the labeled pairs, where a wrong release counts as two wrong rejections; what to expect of it is
told by choosing it anew without each prompt in turn.

The log-odds are kept in ``rewrite_judge.json``, so that a pair is asked about once. ``--write``
keeps margin and agreement in ``promptops/rewrite/judges.json``.
"""

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from rewrite_check import EDITS, edited, rows, source

from promptops.config.environment import default_weights, prepare_environment
from promptops.core.canonical import digest
from promptops.llm.embedded.engine import DEFAULT_CONTEXT, Engine
from promptops.llm.embedded.weights import weights_path
from promptops.rewrite.check import weighed
from promptops.rewrite.checking import lexicon as words
from promptops.rewrite.entailment import SMALL_JUDGES, short_question
from promptops.scoring.calibration import agreement
from promptops.scoring.judging import REVISION

ODDS = Path(__file__).with_suffix(".json")
COST = 2
"""Wrong rejections that one wrong release counts for: a changed prompt is worse than a look."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two wordings that a judge may release, where from, and whether they say the same."""

    old: str
    new: str
    prompt: str
    same: bool


def main() -> None:
    """Ask what was not asked yet, choose the margin, and say how well it does."""
    model, *files = (each for each in sys.argv[1:] if not each.startswith("--"))
    prepare_environment()
    paths = [Path(each) for each in files] or sorted(EDITS.glob("*.jsonl"))
    pairs = list(dict.fromkeys([*soft(paths), *without_synonyms(paths)]))
    ask = Asking(model)
    odds = [min(ask(each.old, each.new), ask(each.new, each.old)) for each in pairs]
    labeled = [(value, each.same) for value, each in zip(odds, pairs, strict=True)]
    margin = fitted(labeled)
    expected = []
    for prompt in sorted({each.prompt for each in pairs}):
        others = [x for x, each in zip(labeled, pairs, strict=True) if each.prompt != prompt]
        bar = fitted(others)
        expected += [
            (value > bar, same)
            for (value, same), each in zip(labeled, pairs, strict=True)
            if each.prompt == prompt
        ]
    for title, said in (
        (f"margin {margin:.2f}", [(value > margin, same) for value, same in labeled]),
        ("chosen without the prompt", expected),
    ):
        right = sum(yes and same for yes, same in said)
        wrong = sum(yes and not same for yes, same in said)
        total = sum(same for _, same in said)
        print(f"{title}: released {right} of {total} that say the same,"
              f" {wrong} of {len(said) - total} that do not")  # fmt: skip
    if "--write" in sys.argv:
        known = json.loads(SMALL_JUDGES.read_text())
        found = agreement(
            [value > margin for value, _ in labeled],
            [same for _, same in labeled],
            clusters=[each.prompt for each in pairs],
            revision=REVISION,
            date=datetime.now(UTC).date().isoformat(),
            data=f"{len(pairs)} pairs of {', '.join(path.stem for path in paths)}",
        )
        known[model] = {
            "yes": str(ask.yes),
            "margin": round(margin, 2),
            "agreement": found.to_json(),
        }
        SMALL_JUDGES.write_text(json.dumps(known, indent=1) + "\n")


def soft(paths: list[Path]) -> Iterator[Pair]:
    """The pairs of edits against which nothing but unknown words speaks."""
    for row in rows(paths):
        base = source(row["source"], row.get("variant"))
        if base is None:
            continue
        found = weighed(base, edited(base, row))
        if found and all(each.soft for each in found):
            for each in found:
                same = not row["harmful"]
                yield Pair(old=each.old, new=each.new, prompt=row["source"], same=same)


def without_synonyms(paths: list[Path]) -> list[Pair]:
    """The same, when the lexicon knows the synonyms of WordNet only."""
    every = words._lines  # noqa: SLF001 - the one place where the files are read

    def lines(name: str) -> Iterator[str]:
        section = ""
        for line in every(name):
            section = line if line.startswith("[") else section
            if section != "[same]" or line == section:
                yield line

    words._lines = lines  # noqa: SLF001
    words.lexicon.cache_clear()
    try:
        return list(soft(paths))
    finally:
        words._lines = every  # noqa: SLF001
        words.lexicon.cache_clear()


class Asking:
    """The log-odds of "Yes" over "No", asked once for each pair."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.kept = json.loads(ODDS.read_text()) if ODDS.is_file() else {}
        self.yes = self.kept.get(f"{model} yes", 0)
        self._server = None

    def __call__(self, first: str, second: str) -> float:
        key = digest([self.model, [asdict(each) for each in short_question(first, second)]])
        if key not in self.kept:
            self.kept[key] = round(self._asked(first, second), 2)
            self.kept[f"{self.model} yes"] = self.yes
            ODDS.write_text(json.dumps(self.kept, indent=0, sort_keys=True) + "\n")
        return self.kept[key]

    def _asked(self, first: str, second: str) -> float:
        if self._server is None:
            path = weights_path(self.model, default_weights())
            engine = Engine(path, threads=1, context=DEFAULT_CONTEXT)
            self._server = engine._loaded()  # noqa: SLF001 - answers have no log-odds
        body = {
            "messages": [asdict(each) for each in short_question(first, second)],
            "max_tokens": 1, "temperature": 0, "cache_prompt": True,
            "logprobs": True, "top_logprobs": 20,
        }  # fmt: skip
        answer = self._server.handle_chat_completions(body)
        likely = {
            each["token"]: each
            for each in answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        }
        self.yes = likely["Yes"]["id"]
        return likely["Yes"]["logprob"] - likely["No"]["logprob"]


def fitted(labeled: list[tuple[float, bool]]) -> float:
    """The strictest of the margins with the least cost."""
    values = sorted({value for value, _ in labeled})
    costs = {
        (a + b) / 2: sum(
            same if value < (a + b) / 2 else COST * (not same) for value, same in labeled
        )
        for a, b in pairwise(values)
    }
    return math.floor(100 * max(bar for bar in costs if costs[bar] == min(costs.values()))) / 100


if __name__ == "__main__":
    main()
