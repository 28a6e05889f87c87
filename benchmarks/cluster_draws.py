"""Grouping on many random parts of labeled intents: how far one draw can be trusted.

    python benchmarks/cluster_draws.py [--write]

Vectors and texts are those of ``cluster.py``. Constants of the method were chosen on two thirds of
banking77 and on clinc150 validation; the last third of banking77, by a hash of the text, and
clinc150 test had no say. Each row of the table is the mean of several draws of one size, with the
worst and the best. Draws of one pool share rows, the more the larger they are: their spread is less
than that of new data. ``--write`` also puts the table into docs/explanation/clustering.md and the
single draws into ``cluster_draws.json``.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

import cluster
import numpy as np

PAGE = cluster.ROOT / "docs" / "explanation" / "clustering.md"
BEGIN, END = "<!-- draws -->\n", "<!-- end of draws -->\n"
BARS = {"banking77": (0.83, 0.57), "clinc150": (0.89, 0.63)}
DRAWS = 5
SIZES = (1000, 2000, 3399)
LARGEST = 40


def pools() -> dict[str, tuple[Any, "np.ndarray"]]:
    """Name -> a data set and the rows of it to draw from."""
    data = cluster.load()
    bank = data["banking77_train"]
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in bank[0]]
    held = np.array([int(digest, 16) % 3 == 0 for digest in digests])
    return {
        "banking77, third held out": (bank, np.flatnonzero(held)),
        "banking77, two thirds chosen on": (bank, np.flatnonzero(~held)),
        "banking77, all": (bank, np.arange(len(held))),
        "clinc150 test, held out": (
            data["clinc150_test"],
            np.arange(len(data["clinc150_test"][0])),
        ),
    }


def draws(labels: "np.ndarray", rows: "np.ndarray") -> Iterator[tuple[str, "np.ndarray"]]:
    """What is tried of one pool, by sizes and by label; a draw of everything is one draw."""
    for size in SIZES:
        for seed in range(DRAWS if size < len(rows) else 1):
            order = np.random.default_rng(1000 + seed).permutation(rows)
            yield f"{min(size, len(rows)):,} at random", np.sort(order[:size])
    for seed in range(DRAWS):
        order = np.random.default_rng(2000 + seed).permutation(rows)
        each = [order[labels[order] == label][:LARGEST] for label in np.unique(labels)]
        drawn = np.sort(np.concatenate(each))
        yield f"up to {LARGEST} of each", drawn
        if len(drawn) == len(rows):
            return


def measured() -> list[dict[str, Any]]:
    """One entry for each draw."""
    found = []
    for name, (data, rows) in pools().items():
        for size, drawn in draws(data[2], rows):
            texts, vectors, truth = cluster.drawn(data, drawn)
            labels, _, _ = cluster.ours(texts, cluster.Stored(texts, vectors))
            found.append(
                {"data": name, "draw": size, "rows": len(drawn), **cluster.judged(truth, labels)}
            )
            last = found[-1]
            print(
                f"{name:34} {size:16} {len(drawn):5} {last['nmi']:.3f} {last['ari']:.3f}"
                f" {last['groups']:4}",
                flush=True,
            )
    return found


def table(found: list[dict[str, Any]]) -> str:
    """Markdown: the mean of each size, worst and best in brackets, and whether the mean holds."""
    lines = ["| data | texts | draws | NMI | ARI | groups | bar |", "|---|---|--:|--:|--:|--:|---|"]
    kinds = dict.fromkeys((entry["data"], entry["draw"]) for entry in found)
    for data, draw in kinds:
        part = [entry for entry in found if (entry["data"], entry["draw"]) == (data, draw)]
        cells = [spread([entry[measure] for entry in part]) for measure in ("nmi", "ari")]
        bars = BARS[data.split()[0].strip(",")]
        means = [mean(entry[measure] for entry in part) for measure in ("nmi", "ari")]
        missed = [
            name
            for name, value, bar in zip(("NMI", "ARI"), means, bars, strict=True)
            if value < bar
        ]
        groups = round(mean(entry["groups"] for entry in part))
        said = f"{' and '.join(missed)} below" if missed else "holds"
        lines.append(
            f"| {data} | {draw} | {len(part)} | {cells[0]} | {cells[1]} | {groups} | {said} |"
        )
    return "\n".join(lines) + "\n"


def spread(values: list[float]) -> str:
    """Mean, and the range when there is one, without the leading zeros."""
    middle, low, high = (f"{value:.3f}"[1:] for value in (mean(values), min(values), max(values)))
    return middle if len(values) == 1 else f"{middle} ({low} to {high})"


def main() -> None:
    found = measured()
    text = table(found)
    print(text)
    if "--write" in sys.argv[1:]:
        before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        PAGE.write_text(before + BEGIN + text + END + rest.split(END)[1], encoding="utf-8")
        kept = Path(__file__).with_suffix(".json")
        kept.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
