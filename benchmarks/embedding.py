"""Which runtime embeds fastest at equal quality, and how near the product comes to its limit.

    python benchmarks/embedding.py [--texts 300] [--rounds 3] [--write]

Speed: the same texts in turn, round by round, one thread each, CPU-seconds (the machine may be
shared): prompts of awesome as they are, and short utterances of clinc150. "alone" is the runtime
given token ids in batches that waste nothing: the limit. "cached" writes to a new store on disk.
Quality: MRR@10 of fabric's explanations against one vector a pattern, and the accuracy of the
nearest labeled neighbor on clinc150 (test against validation), with the largest difference of a
cosine. ``--write`` keeps the numbers in ``embedding.json``.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from search import fabric, reciprocal, tasks

from promptops.core.store import BlobStore
from promptops.embedding import onnx_embedder
from promptops.embedding.cached import CachedEmbedder
from promptops.embedding.onnx_embedder import OnnxEmbedder
from promptops.embedding.sentence_transformer import SentenceTransformerEmbedder

DATA = Path(os.environ.get("PROMPTOPS_DATA", "../shared/data")) / "intel"
KEPT = Path(__file__).with_suffix(".json")


class Alone:
    """ONNX Runtime and nothing else, on tokens made before."""

    def __init__(self, embedder, texts):
        self._session, tokenizer, _ = embedder._loaded()  # noqa: SLF001
        tokens = [each.ids for each in tokenizer.encode_batch(texts)]
        lengths = [len(ids) for ids in tokens]
        self._feeds = []
        for batch in onnx_embedder._batches(lengths):  # noqa: SLF001
            width = max(lengths[row] for row in batch)
            ids = np.array([(tokens[row] + [0] * width)[:width] for row in batch], np.int64)
            mask = (np.arange(width) < np.array([[lengths[row]] for row in batch])).astype(np.int64)
            self._feeds.append(
                {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            )

    def embed(self, _texts):
        for feed in self._feeds:
            self._session.run(None, feed)


def clinc(part):
    rows = json.loads((DATA / "intent/clinc150_full.json").read_text("utf-8"))[part]
    return [text for text, _ in rows], [label for _, label in rows]


def speed(texts, rounds):
    import torch

    torch.set_num_threads(1)
    onnx, fresh = OnnxEmbedder(threads=1), OnnxEmbedder(threads=1)
    ways = {
        "torch fp32": SentenceTransformerEmbedder(),
        "onnx alone": Alone(onnx, texts),
        "onnx": onnx,
    }
    spent = {name: [] for name in (*ways, "onnx cached")}
    for way in ways.values():
        way.embed(texts[:8])
    for turn in range(rounds):
        for name, way in ways.items():
            spent[name].append(cpu_seconds(way, texts))
        with tempfile.TemporaryDirectory() as folder:
            store = BlobStore(Path(folder) / f"{turn}.db")
            fresh.embed(texts[:8])
            spent["onnx cached"].append(cpu_seconds(CachedEmbedder(fresh, store), texts))
            store.close()
    return {name: round(len(texts) / statistics.median(found), 1) for name, found in spent.items()}


def cpu_seconds(way, texts):
    started = time.process_time()
    way.embed(texts)
    return time.process_time() - started


def quality(texts_at_most):
    texts, sets = fabric()
    names = sorted(texts)
    queries = [(text, {names.index(name)}) for name, text in sets["explanations"].items()
               if name in texts]  # fmt: skip
    known, labels = (part[:texts_at_most] for part in clinc("val"))
    asked, right = (part[::9][:texts_at_most] for part in clinc("test"))
    table, vectors = {}, {}
    for name, embedder in (("torch fp32", SentenceTransformerEmbedder()), ("onnx", OnnxEmbedder())):
        patterns = embedder.embed([texts[each] for each in names])
        scores = embedder.embed([text for text, _ in queries]) @ patterns.T
        orders = np.argsort(-scores, axis=1, kind="stable")
        found = [reciprocal(o, answer) for o, (_, answer) in zip(orders, queries, strict=True)]
        nearest = np.argmax(embedder.embed(asked) @ embedder.embed(known).T, axis=1)
        agree = [labels[row] == label for row, label in zip(nearest, right, strict=True)]
        table[name] = {"MRR@10": round(float(np.mean(found)), 3),
                       "nearest neighbor": round(float(np.mean(agree)), 3)}  # fmt: skip
        vectors[name] = scores
    gap = float(np.abs(vectors["torch fp32"] - vectors["onnx"]).max())
    return table, round(gap, 4)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    wanted = parser.parse_args()
    prompts = list(tasks())[-1][1][: wanted.texts]
    short = clinc("test")[0][::5][: wanted.texts]
    rates = {"prompts": speed(prompts, wanted.rounds), "utterances": speed(short, wanted.rounds)}
    print(f"texts a CPU-second, {wanted.texts} texts, median of {wanted.rounds}\n")
    print("| way | prompts | utterances |\n|---|--:|--:|")
    for name in rates["prompts"]:
        print(f"| {name} | {rates['prompts'][name]} | {rates['utterances'][name]} |")
    sys.stdout.flush()
    table, gap = quality(3000)
    print("\n| way | MRR@10, fabric | nearest neighbor, clinc150 |\n|---|--:|--:|")
    for name, found in table.items():
        print(f"| {name} | {found['MRR@10']} | {found['nearest neighbor']} |")
    print(f"\nlargest difference of a cosine: {gap}")
    if wanted.write:
        kept = {"texts a CPU-second": rates, "quality": table, "largest cosine difference": gap}
        KEPT.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
