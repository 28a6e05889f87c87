"""How right the duplicates are: hand-labeled pairs of outside prompts, and planted ones.

    python benchmarks/duplicates.py [--cache FILE] [--signals]

All four collections are searched as one, so a labeled pair counts as found only when the product
reports it. Exact, near, semantic and lineage pairs are duplicates; related (same topic or form,
another task) and different ones must not be reported.

Tuning pairs were drawn by many signals, so that hard negatives are many, and chose weights,
thresholds and rules. Held-out pairs were drawn from unequal pairs that the product reports and
labeled after (`duplicate_pairs/SOURCES.md`): they give the precision of what is reported. Recall
can only be told on tuning pairs that were drawn by signals, not by what an earlier version
reported. Intervals: Wilson, 95 %. `--signals` compares single signals on those pairs. `--cache`
keeps vectors in a file from run to run, `--answers` the rewordings.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from duplicate_pairs.planted import (
    ASK,
    Planted,
    renamed,
    reordered,
    reword_bases,
    reworded,
    same_frame,
    same_words,
    translated,
)
from duplicate_pairs.texts import outside_texts

from promptops.cluster.duplicates import find_duplicates
from promptops.cluster.items import Item
from promptops.cluster.minhash import jaccard, shared_part, shingles
from promptops.cluster.wording import masked, normalized, tokens, without_boilerplate
from promptops.config.environment import default_weights, prepare_environment
from promptops.core.statistics import wilson
from promptops.core.store import BlobStore
from promptops.embedding.cached import CachedEmbedder
from promptops.embedding.embedder import Embedder
from promptops.embedding.onnx_embedder import OnnxEmbedder

HERE = Path(__file__).parent / "duplicate_pairs"
DUPLICATE = {"exact", "near", "semantic", "lineage"}
LABELS = (*sorted(DUPLICATE), "related", "different")
MODEL = "embedded/smollm2-135m"

Pair = tuple[str, str]


def labels(name: str = "labels.jsonl", part: str = "") -> dict[Pair, str]:
    """The label of each pair of ids; of one part when named."""
    rows = map(json.loads, (HERE / name).read_text(encoding="utf-8").splitlines())
    return {(row["a"], row["b"]): row["label"] for row in rows if part in ("", row.get("part"))}


def reported(texts: Mapping[str, str], embedder: Embedder) -> Callable[[Pair], bool]:
    """Whether the product reports a pair: itself, or copies of the two."""
    items = [Item(id=key, text=text, digest=key) for key, text in texts.items()]
    report = find_duplicates(items, embedder)
    first = {pair.b: pair.a for pair in report.pairs if pair.kind == "exact"}
    known = {frozenset((pair.a, pair.b)) for pair in report.pairs}

    def found(pair: Pair) -> bool:
        ends = frozenset(first.get(name, name) for name in pair)
        return len(ends) == 1 or ends in known

    return found


def share(hits: Iterable[bool]) -> str:
    """A proportion with its interval and counts."""
    values = list(hits)
    if not values:
        return "-"
    return f"{wilson(sum(values), len(values))} ({sum(values)}/{len(values)})"


def print_labeled(found: Callable[[Pair], bool]) -> None:
    """Precision on the held-out pairs, precision and recall on the others, and by label."""
    print(f"{'pairs':16} {'n':>4}  {'precision':30} recall")
    tuning = labels(part="tuning")
    for name in ("held out", "tuning", "tuning, reported"):
        known = labels(part=name)
        precision = share(known[pair] in DUPLICATE for pair in known if found(pair))
        recall = share(found(pair) for pair in known if known[pair] in DUPLICATE)
        print(f"{name:16} {len(known):4}  {precision:30} {recall if name == 'tuning' else '-'}")
    print("\ntuning, by label: share reported")
    for label in LABELS:
        print(f"{label:10} {share(found(pair) for pair in tuning if tuning[pair] == label)}")


def print_agreement() -> None:
    """The second reading beside the first."""
    first, second = labels(), labels("second_reading.jsonl")
    print(
        f"\nsecond reading: {share(first[pair] == label for pair, label in second.items())} "
        "same label, "
        f"{share((first[pair] in DUPLICATE) == (second[pair] in DUPLICATE) for pair in second)} "
        "same answer to duplicate or not"
    )


def print_signals(texts: Mapping[str, str], embedder: Embedder) -> None:
    """Each signal alone on the tuning pairs: the most found with at most 5 % false."""
    known = labels(part="tuning")
    unique = {normalized(text): key for key, text in reversed(texts.items())}
    names = list(unique.values())
    stripped = without_boilerplate([texts[name] for name in names])
    vectors = embedder.embed(stripped)
    rows = {name: row for row, name in enumerate(names)}
    place = {key: rows[unique[normalized(texts[key])]] for pair in known for key in pair}
    runs = {row: shingles(tokens(masked(stripped[row]))) for row in place.values()}
    raw = {row: shingles(tokens(texts[names[row]])) for row in place.values()}
    signals: dict[str, Callable[[int, int], float]] = {
        "word runs, raw (Jaccard)": lambda a, b: jaccard(raw[a], raw[b]),
        "word runs, masked and stripped (Jaccard)": lambda a, b: jaccard(runs[a], runs[b]),
        "word runs, masked and stripped (containment)": lambda a, b: shared_part(runs[a], runs[b]),
        "cosine, stripped": lambda a, b: float(vectors[a] @ vectors[b]),
    }
    print("\nsingle signals, tuning pairs: recall where precision is still 0.95 or more")
    total = sum(label in DUPLICATE for label in known.values())
    for name, signal in signals.items():
        scored = sorted(
            ((signal(place[a], place[b]), label in DUPLICATE) for (a, b), label in known.items()),
            reverse=True,
        )
        print(f"{name:46} {_recall_at(scored, 0.95) / total:.2f}")


def _recall_at(scored: Sequence[tuple[float, bool]], precision: float) -> int:
    best = right = 0
    for number, (_, is_duplicate) in enumerate(scored, start=1):
        right += is_duplicate
        if right >= precision * number:
            best = right
    return best


def rewordings(texts: Mapping[str, str]) -> dict[str, str]:
    """The embedded model's answer for each base."""
    from promptops.llm.embedded.engine import shared_engine
    from promptops.llm.embedded.weights import weights_path

    engine = shared_engine(weights_path(MODEL, default_weights()))
    params = {"temperature": 0, "max_tokens": 160}
    return {
        key: engine.answer([{"role": "user", "content": ASK.format(texts[key])}], params).text
        for key in reword_bases(texts)
    }


def print_planted(texts: Mapping[str, str], embedder: Embedder, answers: Mapping[str, str]) -> None:
    """One row a kind: how many are reported; each kind is searched as a collection of its own."""
    print(f"\n{'planted':26} {'should':>9}  reported")
    kinds: list[list[Planted]] = [
        renamed(texts),
        reworded(texts, answers),
        reordered(texts),
        translated(texts),
        same_frame(texts),
        same_words(),
    ]
    for made in kinds:
        if not made:
            continue
        both = {
            f"{number}/{side}": text
            for number, item in enumerate(made)
            for side, text in (("left", item.left), ("right", item.right))
        }
        found = reported(both, embedder)
        hits = [found((f"{number}/left", f"{number}/right")) for number in range(len(made))]
        wanted = "merge" if made[0].same else "not merge"
        print(f"{made[0].kind:26} {wanted:>9}  {share(hits)}")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, help="a file for vectors")
    parser.add_argument("--answers", type=Path, help="a JSON file for the model's rewordings")
    parser.add_argument("--signals", action="store_true", help="compare single signals too")
    given = parser.parse_args()
    prepare_environment()
    texts = outside_texts()
    with tempfile.TemporaryDirectory() as work:
        store = BlobStore(given.cache or Path(work) / "vectors.db")
        embedder = CachedEmbedder(OnnxEmbedder(), store)
        print_labeled(reported(texts, embedder))
        print_agreement()
        if given.signals:
            print_signals(texts, embedder)
        if given.answers and given.answers.exists():
            answers = json.loads(given.answers.read_text(encoding="utf-8"))
        else:
            answers = rewordings(texts)
            if given.answers:
                given.answers.write_text(json.dumps(answers), encoding="utf-8")
        print_planted(texts, embedder, answers)


if __name__ == "__main__":
    main()
