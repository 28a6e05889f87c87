"""Many texts: what grouping, duplicates and a second run cost, and what a second run leaves alone.

    python benchmarks/cluster.py scale

The results are written to ``cluster.json``, with those of the other parts.
"""

import json
import resource
import tempfile
from pathlib import Path

from cluster import DATA, load, ours, timed


class Drawn:
    """MiniLM, but for texts whose vectors were drawn: 100,000 would take minutes to embed."""

    dimension = 384

    def __init__(self, texts, vectors):
        from promptops.embedding.onnx_embedder import OnnxEmbedder

        self.rows = dict(zip(texts, vectors, strict=True))
        self.real = OnnxEmbedder()
        self.fingerprint = self.real.fingerprint

    def embed(self, texts):
        import numpy as np

        out = np.empty((len(texts), self.dimension), np.float32)
        unknown = [place for place, text in enumerate(texts) if text not in self.rows]
        for place, text in enumerate(texts):
            if text in self.rows:
                out[place] = self.rows[text]
        out[unknown] = self.real.embed([texts[place] for place in unknown])
        return out


def scale(count=100_000, changed=100):
    """Many texts: real ones, and copies with another word and a vector some way off (cosine .95).

    Vectors come from a cache on disk, as they do for users; those of the changed texts and of what
    is left of likely duplicates are computed. The second run is timed with all of it; it goes on
    from the report of the first one as it was kept.
    """
    import numpy as np

    from promptops.cluster import ClusterReport
    from promptops.core.canonical import canonical_json
    from promptops.core.store import BlobStore
    from promptops.embedding.cached import CachedEmbedder

    data = load()
    texts = [text for part in data.values() for text in part[0]]
    vectors = np.concatenate([part[1] for part in data.values()])
    rng = np.random.default_rng(0)
    pick = np.arange(count) % len(texts)
    noise = rng.normal(size=(count, vectors.shape[1])).astype(np.float32)
    noise *= 0.33 / np.sqrt(vectors.shape[1])
    many = vectors[pick] + noise * (np.arange(count) >= len(texts))[:, None]
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    named = [f"{texts[row]} w{place}" for place, row in enumerate(pick)]
    strange = json.loads((DATA / "clinc150_full.json").read_text())["oos_test"]
    strange = [text for text, _ in strange]
    first, other = strange[:changed], strange[changed : 2 * changed]
    found = {"texts": count, "changed": changed}

    def tell(name, value):
        found[name] = value
        print(f"{name:46} {value}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        store = BlobStore(Path(folder) / "vectors.db")
        embedder = CachedEmbedder(Drawn(named, many.astype(np.float32)), store)
        embedder.embed(named)
        _, spent, report = ours(named, embedder)
        tell("clusters: seconds, CPU seconds", spent)
        tell("clusters: groups", len(report.clusters))
        tell("clusters: peak GiB", peak())
        _, spent, _ = ours([*first, *named[changed:]], embedder, report)
        tell("second run: seconds, CPU seconds", spent)
        _, spent, report = ours(named, embedder, duplicates=True)
        tell("with duplicates: seconds, CPU seconds", spent)
        tell("with duplicates: pairs", len(report.duplicates))
        tell("with duplicates: peak GiB", peak())
        kept = canonical_json(report.to_json())
        tell("report: MB", round(len(kept) / 1e6, 1))
        report, spent = timed(lambda: ClusterReport.from_json(json.loads(kept)))
        tell("report, read: seconds, CPU seconds", spent)
        _, spent, after = ours([*other, *named[changed:]], embedder, report, duplicates=True)
        tell("second run, with duplicates: seconds, CPU seconds", spent)
        tell("second run, with duplicates: regrouped", after.drift.regrouped)
        _, spent = timed(lambda: canonical_json(after.to_json()))
        tell("report, written: seconds, CPU seconds", spent)
        for name, value in changes(report, after).items():
            tell(name, value)
        store.close()
    return found


def changes(report, after):
    """What a second run changed beside the changed texts."""
    pairs = [(was, after.assignments[name]) for name, was in report.assignments.items()]
    same = [(was, now) for was, now in pairs if was.text == now.text]
    names = report.names
    return {
        "unchanged texts": len(same),
        "of these in another group": sum(was.cluster != now.cluster for was, now in same),
        "of these in another place": sum((was.x, was.y) != (now.x, now.y) for was, now in same),
        "groups with another name": sum(
            each.label != names.get(each.id, each.label) for each in after.clusters
        ),
    }


def peak():
    """Largest memory of this process so far, GiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
