"""Grouping: quality on labeled intents against other methods, stability, and scale.

    python benchmarks/cluster.py [quality] [stability] [scale]

Texts come from ``PROMPTOPS_DATA`` (intel/intent); vectors are computed once with the embedder of a
new workspace and kept in ``derived/benchmarks``. Peers (``make peers-cluster``) get the same
vectors in an interpreter of their own, with their defaults; k-means is told the true k. A text in
no group counts as a group of one. Times are wall-clock, without imports and compilation: each peer
first groups 500 other texts. The results are written to ``cluster.json`` too.
"""

import csv
import json
import os
import resource
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
NAMES = ("bertopic", "hdbscan", "umap + hdbscan", "evoc", "k-means, true k")


def peer(name, texts, vectors, k):
    """Labels by another method, with its defaults."""
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


def answer(name, path):
    """The other side: reads an npz, writes labels and seconds."""
    import numpy as np

    with np.load(path, allow_pickle=False) as data:
        texts, vectors, k = data["texts"].tolist(), data["vectors"], int(data["k"])
    peer(name, texts[:500], vectors[:500], min(k, 50))
    start = time.perf_counter()
    labels = peer(name, texts, vectors, k)
    seconds = time.perf_counter() - start
    Path(path).with_suffix(".json").write_text(json.dumps([np.asarray(labels).tolist(), seconds]))


def embedded(name, texts):
    """The vectors of a data set, computed once."""
    import numpy as np

    from promptops.embedding.sentence_transformer import SentenceTransformerEmbedder

    path = KEPT / f"emb_{name}.npy"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        vectors = SentenceTransformerEmbedder().embed([texts[row] for row in order])
        np.save(path, vectors[np.argsort(order)])
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


def ours(texts, embedder, previous=None):
    """Labels, seconds and the report."""
    import numpy as np

    from promptops.cluster import Item, cluster_prompts

    items = [Item(id=f"{row:07d}", text=text, digest="") for row, text in enumerate(texts)]
    start = time.perf_counter()
    report = cluster_prompts(items, embedder, previous=previous, duplicates=False)
    seconds = time.perf_counter() - start
    number = {cluster.id: place for place, cluster in enumerate(report.clusters)}
    labels = [number.get(report.assignments[item.id].cluster, -1) for item in items]
    return np.array(labels), seconds, report


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

    rows = []
    for name, (texts, vectors, truth) in samples().items():
        ours(texts[:500], Stored(texts, vectors))
        labels, seconds, _ = ours(texts, Stored(texts, vectors))
        rows.append(
            {"data": name, "method": "PromptOps", "seconds": seconds, **judged(truth, labels)}
        )
        show(rows[-1])
        if not (PEERS / "bin" / "python").is_file() or name not in COMPARED:
            continue
        path = KEPT / "peer.npz"
        np.savez(path, texts=np.array(texts), vectors=vectors, k=len(np.unique(truth)))
        for other in NAMES:
            command = [PEERS / "bin" / "python", __file__, "--peer", other, path]
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                print(f"{name:38} {other:16} failed: {done.stderr.strip().splitlines()[-1]}")
                continue
            labels, seconds = json.loads(path.with_suffix(".json").read_text())
            rows.append(
                {"data": name, "method": other, "seconds": seconds, **judged(truth, labels)}
            )
            show(rows[-1])
    return rows


def show(row):
    """One line of the table."""
    print(
        f"{row['data']:38} {row['method']:16} NMI {row['nmi']:.3f}  ARI {row['ari']:.3f}"
        f"  {row['groups']:4} groups {row['alone']:5} alone {row['seconds']:7.1f} s",
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
            labels, seconds, after = ours(texts_now[: size + added], embedder, before)
            moved = sum(
                after.assignments[name].cluster != found.cluster
                for name, found in before.assignments.items()
            )
            rows.append(
                {"draw": seed, "night": night + 1, "texts": size, "added": added,
                 "seconds": seconds, "moved": moved / size, "regrouped": after.drift.regrouped,
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


def scale(count=100_000, changed=100):
    """Many texts: real vectors and copies of them with noise (cosine about .95 to the original)."""
    import numpy as np

    data = load()
    texts = [text for part in data.values() for text in part[0]]
    vectors = np.concatenate([part[1] for part in data.values()])
    rng = np.random.default_rng(0)
    pick = np.arange(count + changed) % len(texts)
    noise = rng.normal(size=(count + changed, vectors.shape[1])).astype(np.float32)
    noise *= 0.33 / np.sqrt(vectors.shape[1])
    many = vectors[pick] + noise * (np.arange(count + changed) >= len(texts))[:, None]
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    named = [f"{texts[row]} w{place}" for place, row in enumerate(pick)]
    embedder = Stored(named, many.astype(np.float32))
    _, first, report = ours(named[:count], embedder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    changed_texts = [*named[count:], *named[changed:count]]
    _, second, after = ours(changed_texts, embedder, report)
    found = {"texts": count, "seconds": first, "groups": len(report.clusters), "peak_gib": peak,
             "changed": changed, "second_run_seconds": second,
             "regrouped": after.drift.regrouped}  # fmt: skip
    print(json.dumps(found), flush=True)
    return found


def main(arguments):
    """Run what is named, everything when nothing is."""
    if arguments[:1] == ["--peer"]:
        answer(*arguments[1:])
        return
    path = Path(__file__).with_suffix(".json")
    results = json.loads(path.read_text()) if path.is_file() else {}
    parts = {"quality": quality, "stability": stability, "scale": scale}
    for name in arguments or parts:
        results[name] = parts[name]()
        path.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
