"""Labels that readers gave to outside prompts: read, bound to the texts, compared.

`labels/lint.jsonl` holds one line a prompt and labeler, without the text:

    {"id": "awesome/7", "sha": "...", "professional": true, "by": "labeler-1",
     "labels": [{"code": "AMB001", "start": 10, "end": 42}]}

Several labelers of one prompt: a label counts when most of them gave it. Lines of "adjudicated"
add what was read again after a rule reported it, and are counted apart.

    python benchmarks/lint_labels.py                    # size and agreement
    python benchmarks/lint_labels.py NAME=FILE ...      # add quotes of labelers as offsets
"""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import lint_corpora

FILE = Path(__file__).with_name("labels") / "lint.jsonl"
ADJUDICATED = "adjudicated"
GROUPS = ("AMB", "CON", "FMT", "VAR")
_END = re.compile(r"[.!?][\"')\]*_]{0,3}\s|\n|\Z")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Label:
    """A defect and its place, by character offsets."""

    code: str
    start: int
    end: int

    @property
    def group(self) -> str:
        return self.code.rstrip("0123456789")


@dataclass(slots=True, kw_only=True)
class Labeled:
    """A prompt and its labels."""

    id: str
    text: str
    professional: bool
    labels: list[Label]
    added: list[Label] = field(default_factory=list)
    """Labels that were adjudicated later."""


def collections() -> dict[str, str]:
    """The texts that labels may speak about, by id."""
    parts = (lint_corpora.awesome, lint_corpora.fabric, lint_corpora.promptsource)
    return {name: text for part in parts for name, text in part()}


def rows() -> list[dict]:
    """The lines of the file."""
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def labeled_prompts() -> list[Labeled]:
    """Each prompt once, with the labels that most of its labelers gave.

    Raises:
        SystemExit: When a text is not the one that was labeled.
    """
    texts = collections()
    by_prompt = defaultdict(list)
    for row in rows():
        by_prompt[row["id"]].append(row)
    found = []
    for name, lines in by_prompt.items():
        text = texts[name]
        if {row["sha"] for row in lines} != {lint_corpora.fingerprint(text)}:
            raise SystemExit(f"{name} is not the text that was labeled")
        people = [row for row in lines if row["by"] != ADJUDICATED]
        added = [each for row in lines if row["by"] == ADJUDICATED for each in _labels(row)]
        found.append(
            Labeled(
                id=name,
                text=text,
                professional=2 * sum(row["professional"] for row in people) > len(people),
                labels=_agreed(text, [_labels(row) for row in people]),
                added=added,
            )
        )
    return found


def same_place(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two spans overlap, or touch one sentence or line."""
    a, b = _sentences(text, *one), _sentences(text, *other)
    return a[0] < b[1] and b[0] < a[1]


def kappa(one: list[bool], other: list[bool]) -> float | None:
    """Cohen's kappa of two labelers; None where both gave one answer throughout."""
    n = len(one)
    agree = sum(a == b for a, b in zip(one, other, strict=True)) / n
    p, q = sum(one) / n, sum(other) / n
    chance = p * q + (1 - p) * (1 - q)
    return None if chance >= 1 else (agree - chance) / (1 - chance)


def agreement() -> list[tuple[str, float | None, float, int, str]]:
    """For each group: mean kappa of the pairs of labelers, share of equal answers, answers.

    An answer is whether a prompt has any label of the group; over the prompts that all labelers
    read. Last: in how many of those prompts each labeler saw one. The row "labels" compares single
    labels by code and place: its share is the mean F1 of the pairs.
    """
    texts = collections()
    people = sorted({row["by"] for row in rows()} - {ADJUDICATED})
    by_prompt = defaultdict(dict)
    for row in rows():
        if row["by"] in people:
            by_prompt[row["id"]][row["by"]] = _labels(row)
    common = {name: each for name, each in by_prompt.items() if len(each) == len(people)}
    table = []
    for group in (*GROUPS, "any"):
        said = {
            who: [any(group in ("any", label.group) for label in each[who])
                  for each in common.values()]
            for who in people
        }  # fmt: skip
        pairs = list(combinations(people, 2))
        kappas = [k for a, b in pairs if (k := kappa(said[a], said[b])) is not None]
        equal = [x == y for a, b in pairs for x, y in zip(said[a], said[b], strict=True)]
        mean = sum(kappas) / len(kappas) if kappas else None
        counts = " ".join(str(sum(said[who])) for who in people)
        table.append((group, mean, sum(equal) / len(equal), len(common), counts))
    scores = []
    for a, b in combinations(people, 2):
        hits = total = 0
        for name, each in common.items():
            for one, other in ((each[a], each[b]), (each[b], each[a])):
                hits += sum(any(_same(texts[name], x, y) for y in other) for x in one)
                total += len(one)
        scores.append(hits / total)
    counts = " ".join(str(sum(len(each[who]) for each in common.values())) for who in people)
    table.append(("labels", None, sum(scores) / len(scores), len(common), counts))
    return table


def _labels(row: dict) -> list[Label]:
    return [Label(**each) for each in row["labels"]]


def _same(text: str, one: Label, other: Label) -> bool:
    return one.code == other.code and same_place(
        text, (one.start, one.end), (other.start, other.end)
    )


def _agreed(text: str, people: list[list[Label]]) -> list[Label]:
    if len(people) == 1:
        return people[0]
    kept: list[Label] = []
    for mine in people:
        for label in mine:
            votes = sum(any(_same(text, label, each) for each in theirs) for theirs in people)
            if 2 * votes > len(people) and not any(_same(text, label, each) for each in kept):
                kept.append(label)
    return sorted(kept)


def _sentences(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to whole sentences; lines end sentences, too."""
    first = 0
    for match in _END.finditer(text, max(0, text.rfind("\n", 0, start) + 1)):
        if match.end() > start:
            break
        first = match.end()
    first = max(first, text.rfind("\n", 0, start) + 1)
    last = _END.search(text, max(start, end - 1))
    return min(first, start), max(end, last.end() if last else end)


def bind(quotes: Iterable[dict], texts: dict[str, str]) -> Iterator[dict]:
    """Labelers' lines with quotes as lines with offsets.

    Raises:
        SystemExit: When a quote does not stand in its prompt.
    """
    for row in quotes:
        text = texts[row["id"]]
        seen: Counter[tuple[str, str]] = Counter()
        labels = []
        for each in row["labels"]:
            spans = _places(text, each["quote"])
            if not spans:
                raise SystemExit(f"{row['id']} does not hold {each['quote']!r}")
            nth = seen[each["code"], each["quote"]]
            seen[each["code"], each["quote"]] += 1
            start, end = spans[min(nth, len(spans) - 1)]
            labels.append(Label(code=each["code"], start=start, end=end))
        yield {
            **{key: row[key] for key in ("id", "sha", "professional", "by")},
            "labels": [
                {"code": one.code, "start": one.start, "end": one.end}
                for one in sorted(set(labels))
            ],
        }


def _places(text: str, quote: str) -> list[tuple[int, int]]:
    pattern = r"\s+".join(map(re.escape, quote.split()))
    return [match.span() for match in re.finditer(pattern, text)]


def main() -> None:
    if not lint_corpora.INTEL.exists():
        print(f"skipped: needs outside data, set PROMPTOPS_DATA ({lint_corpora.INTEL} is absent)")
        return
    texts = collections()
    for argument in sys.argv[1:]:
        name, _, path = argument.partition("=")
        lines = map(json.loads, Path(path).read_text(encoding="utf-8").splitlines())
        kept = [row for row in rows() if row["by"] != name] if FILE.exists() else []
        kept += bind(({**row, "by": name} for row in lines), texts)
        FILE.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
    if not FILE.exists():
        return
    prompts = labeled_prompts()
    count = sum(len(each.labels) for each in prompts)
    print(f"{len(prompts)} prompts, {count} labels; prompts with each code:")
    codes = Counter(code for each in prompts for code in {label.code for label in each.labels})
    print(" ".join(f"{code}:{n}" for code, n in sorted(codes.items())))
    for row in agreement():
        print(*row)


if __name__ == "__main__":
    main()
