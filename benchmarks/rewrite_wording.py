"""Fit how sure it must be that words which are not known to mean the same do so where they stand.

    python benchmarks/rewrite_wording.py [FILE ...] [--judge MODEL [--kept]] [--show] [--write]

Learned from are the edits of ``benchmarks/edits`` (the files given, or the sets that the check was
tuned on) against which nothing but unknown words speaks. For a judge they are read again without
the synonyms of ``vocabulary.txt`` and ``thesaurus.txt``, and without WordNet's near ones besides:
what an unknown synonym looks like is seen on synonyms that are made unknown. With a judge a wrong
release costs as much as two wrong rejections, so the odds must be 2 to 1; by words alone they must
be 4 to 1, since what is not sure is refused. ``fitting/wordings.jsonl`` is not learned from by
words alone: single words exchanged to mislead, it only tells what those would do.

What to expect is told by fitting without each writer in turn: on the edits of a writer that the
weights have not seen. ``--judge`` adds the log-odds of "Yes" over "No" as the first token of a
judge's answer, in both directions; the lower one counts. They are kept in
``rewrite_wording_odds.json``, so that a pair is asked about once; with ``--kept`` nothing is asked,
and the fit is on the pairs whose answers are there. ``--write`` keeps the weights in
``promptops/rewrite/wording.json``, those with a judge in ``judges.json``; ``--show`` prints the
pairs with their probability, fitted without their writer.
"""

import argparse
import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rewrite_check import EDITS, edited, rows, source
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from promptops.config.environment import default_weights, prepare_environment
from promptops.core.canonical import digest
from promptops.llm.embedded.engine import DEFAULT_CONTEXT, Engine
from promptops.llm.embedded.weights import weights_path
from promptops.rewrite.check import Difference, weighed
from promptops.rewrite.checking import lexicon as words
from promptops.rewrite.entailment import SMALL_JUDGES, short_question
from promptops.rewrite.wording import FITTED, Evidence, evidence, probability
from promptops.scoring.calibration import agreement
from promptops.scoring.judging import REVISION

ODDS = Path(__file__).with_name("rewrite_wording_odds.json")
WARNING = EDITS / "fitting/wordings.jsonl"
SETS = [
    *(EDITS / f"{name}.jsonl" for name in ("dev", "second", "third", "fourth", "fifth")),
    *(EDITS / f"{name}.jsonl" for name in ("sixth", "seventh")),
    *sorted((EDITS / "fitting").glob("*.jsonl")),
]
COST = 2
"""Wrong rejections that one wrong release counts for: a changed prompt is worse than a look."""
JUDGED, ALONE = math.log(COST), math.log(4)
"""Log-odds from which wordings count as the same."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two wordings that may be released, by whom and where from, and whether they say the same."""

    difference: Difference
    writer: str
    prompt: str = field(compare=False)
    same: bool
    evidence: Evidence = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A logistic regression on values as they are."""

    intercept: float
    weights: np.ndarray

    def __call__(self, values: np.ndarray) -> np.ndarray:
        return self.intercept + values @ self.weights


def main() -> None:
    """Fit with and without the judge, and say how well each does on writers it has not seen."""
    asked = options()
    paths = asked.files or SETS
    pairs = [each for path in paths if path != WARNING for each in soft(path)]
    names = list(asdict(pairs[0].evidence))
    alone = tried("by words alone", evidences(pairs), pairs, ALONE, show=asked.show)
    misled = list(soft(WARNING))
    released = alone(evidences(misled)) > ALONE
    changed = np.array([not each.same for each in misled])
    print(f"  wordings: {sum(released & ~changed)} of {sum(~changed)},"
          f" {sum(released & changed)} of {sum(changed)}")  # fmt: skip
    if asked.write:
        FITTED.write_text(json.dumps(kept(alone, names, ALONE), indent=1) + "\n")
    if not asked.judge:
        return
    pairs = collected(paths)
    values = evidences(pairs)
    prepare_environment()
    ask = Asking(asked.judge)
    if asked.kept:
        there = [ask.knows(each.difference) for each in pairs]
        pairs, values = [p for p, known in zip(pairs, there, strict=True) if known], values[there]
        print(f"answers are kept for {len(pairs)} of {len(there)} pairs")
    texts = [(each.difference.old, each.difference.new) for each in pairs]
    odds = [min(ask(old, new), ask(new, old)) for old, new in texts]
    print(f"judge alone: area under the curve {roc_auc_score([p.same for p in pairs], odds):.3f}")
    both = np.column_stack([values, odds])
    judged = tried(f"with {asked.judge}", both, pairs, JUDGED, show=asked.show)
    if asked.write:
        known = json.loads(SMALL_JUDGES.read_text())
        found = agreement(
            list(left_out(both, pairs) > JUDGED),
            [each.same for each in pairs],
            clusters=[each.prompt for each in pairs],
            revision=REVISION,
            date=datetime.now(UTC).date().isoformat(),
            data=f"{len(pairs)} pairs of {', '.join(path.stem for path in paths)},"
            " each fitted without its writer",
        )
        known[asked.judge] = {
            "yes": str(ask.yes),
            **kept(judged, [*names, "judge"], JUDGED),
            "agreement": found.to_json(),
        }
        SMALL_JUDGES.write_text(json.dumps(known, indent=1) + "\n")


def options() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--judge", default="")
    for name in ("kept", "show", "write"):
        parser.add_argument(f"--{name}", action="store_true")
    return parser.parse_args()


def evidences(pairs: list[Pair]) -> np.ndarray:
    """What is known of each pair: (n, numbers)."""
    return np.array([list(asdict(each.evidence).values()) for each in pairs], dtype=float)


def tried(title: str, values: np.ndarray, pairs: list[Pair], bar: float, *, show: bool) -> Fit:
    """Print how well a fit does without the writer, and return the fit on all."""
    same = np.array([each.same for each in pairs])
    odds = left_out(values, pairs)
    released = odds > bar
    print(
        f"{title}, fitted without the writer: area under the curve"
        f" {roc_auc_score(same, odds):.3f}, released {sum(released & same)} of {sum(same)} that say"
        f" the same, {sum(released & ~same)} of {sum(~same)} that do not"
    )
    writers = np.array([each.writer for each in pairs])
    for writer in sorted(set(writers)):
        ours, theirs = same & (writers == writer), ~same & (writers == writer)
        print(f"  {writer}: {sum(released & ours)} of {sum(ours)},"
              f" {sum(released & theirs)} of {sum(theirs)}")  # fmt: skip
    if show:
        for value, each in sorted(zip(odds, pairs, strict=True), key=lambda item: -item[0]):
            print(f"  {probability(value):.2f} {'same' if each.same else 'CHANGED'} {each.writer}"
                  f" {each.difference.text}")  # fmt: skip
    return fit(values, same)


def left_out(values: np.ndarray, pairs: list[Pair]) -> np.ndarray:
    """The log-odds of each pair from a fit without its writer."""
    same = np.array([each.same for each in pairs])
    writers = np.array([each.writer for each in pairs])
    found = np.zeros(len(pairs))
    for writer in set(writers):
        mine = writers == writer
        found[mine] = fit(values[~mine], same[~mine])(values[mine])
    return found


def fit(values: np.ndarray, same: np.ndarray) -> Fit:
    """A logistic regression with a small penalty on standardized values."""
    scaler = StandardScaler().fit(values)
    model = LogisticRegression(C=0.5).fit(scaler.transform(values), same)
    weights = model.coef_[0] / scaler.scale_
    return Fit(intercept=float(model.intercept_[0] - weights @ scaler.mean_), weights=weights)


def kept(found: Fit, names: list[str], bar: float) -> dict:
    """A fit as it is kept."""
    weights = {n: round(float(w), 3) for n, w in zip(names, found.weights, strict=True)}
    return {"intercept": round(found.intercept, 3), "weights": weights, "bar": round(bar, 3)}


def collected(paths: list[Path]) -> list[Pair]:
    """The pairs of all files and lexicons, each once."""
    every = words.lines
    found: dict[Pair, None] = {}
    for level in range(3):
        words.lines = lambda name, level=level: without(every, name, level)
        words.lexicon.cache_clear()
        found |= dict.fromkeys(each for path in paths for each in soft(path))
    words.lines = every
    words.lexicon.cache_clear()
    return list(found)


def without(every, name: str, level: int) -> Iterator[str]:
    """The lines of a file of the lexicon, synonyms left out from level 1 on, near ones from 2."""
    section = ""
    for line in every(name):
        section = line if line.startswith("[") else section
        synonyms = section in {"[same]", "[phrasal]"} and line != section
        synonyms |= name == "thesaurus.txt"
        if not (level and synonyms) and not (level > 1 and line.startswith("~")):
            yield line


def soft(path: Path) -> Iterator[Pair]:
    """The pairs of edits against which nothing but unknown words speaks."""
    for row in rows([path]):
        base = source(row["source"], row.get("variant"))
        if base is None:
            continue
        found = weighed(base, edited(base, row))
        if all(each.soft for each in found):
            for each in found:
                yield Pair(
                    difference=each, writer=path.stem, prompt=row["source"],
                    same=not row["harmful"],
                    evidence=evidence(each.old, each.new, each.lost, each.added),
                )  # fmt: skip


class Asking:
    """The log-odds of "Yes" over "No", asked once for each pair."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.kept = json.loads(ODDS.read_text()) if ODDS.is_file() else {}
        self.yes = self.kept.get(f"{model} yes", 0)
        self._server = None

    def knows(self, pair: Difference) -> bool:
        """Whether both directions were asked about."""
        both = ((pair.old, pair.new), (pair.new, pair.old))
        return all(self._key(*each) in self.kept for each in both)

    def _key(self, first: str, second: str) -> str:
        return digest([self.model, [asdict(each) for each in short_question(first, second)]])

    def __call__(self, first: str, second: str) -> float:
        key = self._key(first, second)
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


if __name__ == "__main__":
    main()
