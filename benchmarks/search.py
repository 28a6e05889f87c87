"""Search quality on known-item sets, and how fast a search is over many texts.

    python benchmarks/search.py [--cache FILE] [--texts 100000] [--quality-only | --speed-only]

Quality: fabric's two sets of descriptions find their pattern, and a title of awesome finds its
prompt (the title is not indexed: it is the query). MRR@10. A query is for tuning when its SHA-256
says so (3 of 10); the constants of the search were chosen on those; intervals are of held-out
queries: paired bootstrap, 10,000 resamples, 95 %. ``--cache`` keeps embeddings between runs.

Speed: texts put together from passages of the collections. Their vectors are drawn from the
collections' with noise, since only time is measured here; queries are embedded for real.
"""

import argparse
import csv
import hashlib
import json
import os
import random
import re
import resource
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from promptops.cluster.items import Item
from promptops.cluster.search import SearchIndex
from promptops.cluster.search.passages import passages
from promptops.core.store import BlobStore
from promptops.embedding.cached import CachedEmbedder
from promptops.embedding.onnx_embedder import OnnxEmbedder

DATA = Path(os.environ.get("PROMPTOPS_DATA", "../shared/data")) / "intel/prompts"
DEPTH = 10
RRF = 60


def fabric():
    """The patterns' system texts, and per set the query of each pattern."""
    texts = {}
    for line in (DATA / "fabric_patterns.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        _, _, name, file = row["id"].split("/")
        if file == "system.md" or name not in texts:
            texts[name] = row["text"]
    told = json.loads((DATA / "fabric_pattern_descriptions_tags.json").read_text("utf-8"))
    short = {each["patternName"]: each["description"] for each in told["patterns"]}
    long = {}
    for line in (DATA / "fabric_pattern_explanations.md").open(encoding="utf-8"):
        if found := re.match(r"\d+\. \*\*(.+?)\*\*:\s*(.+)", line):
            long[found[1]] = found[2].strip()
    return texts, {"descriptions": short, "explanations": long}


def tasks():
    """Name, texts, and queries with the rows that answer them."""
    texts, sets = fabric()
    names = sorted(texts)
    row = {name: place for place, name in enumerate(names)}
    for told, queries in sorted(sets.items()):
        pairs = [(query, {row[name]}) for name, query in sorted(queries.items()) if name in row]
        yield f"fabric {told}", [texts[name] for name in names], pairs
    csv.field_size_limit(10**9)
    with (DATA / "awesome-chatgpt-prompts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    same, titled = {}, {}
    for place, each in enumerate(rows):
        same.setdefault(each["prompt"], set()).add(place)
        titled.setdefault(each["act"], set()).add(place)
    pairs = [(act, set.union(*(same[rows[p]["prompt"]] for p in at))) for act, at in titled.items()]
    yield "awesome titles", [each["prompt"] for each in rows], pairs


def held_out(query):
    return int(hashlib.sha256(query.encode()).hexdigest(), 16) % 10 < 7


def reciprocal(order, right):
    """1 / rank of the first right row among the first ten, 0 without one."""
    return next((1 / place for place, row in enumerate(order[:DEPTH], 1) if row in right), 0.0)


def by_scores(scores, queries):
    orders = np.argsort(-scores, axis=1, kind="stable")
    return np.array(
        [reciprocal(order, right) for order, (_, right) in zip(orders, queries, strict=True)]
    )


def tfidf(texts, queries, **options):
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(sublinear_tf=True, **options)
    documents = vectorizer.fit_transform(texts)
    return (vectorizer.transform([query for query, _ in queries]) @ documents.T).toarray()


def rank_fusion(*scores):
    ranks = [np.argsort(np.argsort(-each, axis=1, kind="stable"), axis=1) for each in scores]
    return sum(1 / (RRF + rank + 1) for rank in ranks)


def ours(texts, queries, embedder):
    items = [Item(id=f"{row:06d}", text=text, digest=str(row)) for row, text in enumerate(texts)]
    index = SearchIndex.build(items, embedder)
    return np.array(
        [
            reciprocal([int(hit.id) for hit in index.search(query, embedder, DEPTH)], right)
            for query, right in queries
        ]
    )


def interval(differences, seed=0):
    """95 % paired bootstrap interval of the mean."""
    draws = np.random.default_rng(seed).integers(0, len(differences), (10_000, len(differences)))
    low, high = np.percentile(differences[draws].mean(axis=1), [2.5, 97.5])
    return f"{differences.mean():+.3f} [{low:+.3f}, {high:+.3f}]"


def quality(embedder):
    print("| set | queries held out | method | tuning | held out | ours - method, held out |")
    print("|---|--:|---|--:|--:|--:|")
    for name, texts, queries in tasks():
        words = tfidf(texts, queries)
        vectors = embedder.embed(texts)
        meaning = embedder.embed([query for query, _ in queries]) @ vectors.T
        found = {
            "TF-IDF, words": by_scores(words, queries),
            "TF-IDF, words and pairs": by_scores(
                tfidf(texts, queries, ngram_range=(1, 2)), queries
            ),
            "MiniLM, one vector a text": by_scores(meaning, queries),
            "rank fusion of TF-IDF and MiniLM": by_scores(rank_fusion(words, meaning), queries),
            "ours": ours(texts, queries, embedder),
        }
        held = np.array([held_out(query) for query, _ in queries])
        for method, values in found.items():
            gap = interval((found["ours"] - values)[held]) if method != "ours" else ""
            tuning, kept = values[~held].mean(), values[held].mean()
            print(f"| {name} | {held.sum()} | {method} | {tuning:.3f} | {kept:.3f} | {gap} |")


class DrawnEmbedder:
    """Vectors of a pool with noise, chosen by the text: right in kind, not in meaning."""

    fingerprint = "drawn"

    def __init__(self, pool):
        self._pool = pool
        self.dimension = pool.shape[1]

    def embed(self, texts):
        codes = np.array([hash(text) % (1 << 32) for text in texts], np.int64)
        noise = np.random.default_rng(len(texts)).standard_normal(
            (len(texts), self.dimension), np.float32
        )
        vectors = self._pool[codes % len(self._pool)] + 0.02 * noise
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def speed(embedder, count):
    collections = list(tasks())
    texts = collections[0][1] + collections[-1][1]
    cut = [text[each.start : each.end] for text in texts for each in passages(text)]
    titles = [query for query, _ in collections[-1][2]]
    draw = random.Random(0)
    items = []
    for row in range(count):
        text = "\n\n".join(draw.choices(cut, k=draw.randint(1, 4)))
        items.append(Item(id=f"{row:06d}", text=text, digest=str(row), title=draw.choice(titles)))
    drawn = DrawnEmbedder(embedder.embed(cut[:2000]))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        told("build", lambda: SearchIndex.open(place, items, drawn))
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        print(f"| size on disk, MB | {size / 1e6:.0f} |")
        changed = [*items[1:], Item(id="new", text="Name the capital of a land.", digest="n")]
        told("open", lambda: SearchIndex.open(place, items, drawn))
        index = told("one changed text: open", lambda: SearchIndex.open(place, changed, drawn))
        asking = OnnxEmbedder()
        queries = [query for _, _, pairs in collections for query, _ in pairs][::10]
        for query in queries[:20]:
            index.search(query, asking)
        spent = {"embed the query": [], "search, embedding included": [], "a tenth by facet": []}
        tenth = {item.id for item in items[::10]}
        for query in queries:
            timed(spent["embed the query"], lambda query=query: asking.embed([query]))
            timed(
                spent["search, embedding included"], lambda query=query: index.search(query, asking)
            )
            timed(
                spent["a tenth by facet"],
                lambda query=query: index.search(query, asking, among=tenth),
            )
        for name, values in spent.items():
            wall, cpu = zip(*values, strict=True)
            cuts = statistics.quantiles(wall, n=20)
            print(
                f"| {name}: p50, p95 ms; CPU p50 ms ({len(values)} queries) "
                f"| {statistics.median(wall):.1f}, {cuts[18]:.1f}; {statistics.median(cpu):.1f} |"
            )
    print(f"| peak memory, MB | {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} |")


def timed(into, call):
    wall, cpu = time.perf_counter(), time.process_time()
    result = call()
    into.append(((time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3))
    return result


def told(name, call):
    spent = []
    result = timed(spent, call)
    print(f"| {name}, s (CPU s) | {spent[0][0] / 1e3:.1f} ({spent[0][1] / 1e3:.1f}) |", flush=True)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--texts", type=int, default=100_000)
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--quality-only", action="store_true")
    only.add_argument("--speed-only", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = BlobStore(wanted.cache or Path(folder) / "vectors.db")
        embedder = CachedEmbedder(OnnxEmbedder(), store)
        if not wanted.speed_only:
            quality(embedder)
        if not wanted.quality_only:
            print(f"\n{wanted.texts:,} texts\n\n| what | |\n|---|--:|")
            speed(embedder, wanted.texts)
        store.close()


if __name__ == "__main__":
    main()
