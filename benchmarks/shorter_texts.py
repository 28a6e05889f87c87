"""Deterministic compression over real collections, for `shorter.py`: tokens and what was broken."""

import csv
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from shorter_peers import PEERS, tokens
from shorter_tasks import DATA

from promptops.optimize.compressing import STRENGTHS, compress
from promptops.optimize.compressing.literals import literals

_MODEL_SAMPLE = 20  # texts for a peer that reads them with the model
Report = dict[str, Any]


def collections() -> Iterator[str]:
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
