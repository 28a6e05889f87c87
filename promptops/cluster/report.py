"""The result of grouping a collection of texts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from promptops.cluster.drift import Drift
from promptops.core.canonical import JSON

DuplicateKind = Literal["exact", "near", "semantic"]
"""``exact``: the same words; ``near``: most word runs shared; ``semantic``: the same meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatePair:
    """Two items that say the same.

    ``similarity`` is the cosine of their vectors, ``jaccard`` the share of word runs they have in
    common; both 0 to 1.
    """

    a: str
    b: str
    similarity: float
    jaccard: float
    kind: DuplicateKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateGroup:
    """Items linked by duplicate pairs; the representative is the most central member."""

    representative: str
    members: tuple[str, ...]
    kind: DuplicateKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A group of items about one thing.

    ``id`` stays the same from run to run as long as the group is recognizable; ``cohesion`` is the
    mean cosine of the members to their center. ``label`` is made of key phrases; ``title``, where a
    model was asked for one, is a name in words. ``changes`` counts the texts that came or went
    since the label was made.
    """

    id: str
    label: str
    members: tuple[str, ...]
    representative: str
    cohesion: float
    title: str = ""
    changes: int = 0

    @property
    def name(self) -> str:
        """What people are shown."""
        return self.title or self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Clusters that belong together; ``level`` 1 is the finest, each theme lies in one above.

    ``label`` and ``title`` are as those of a cluster.
    """

    id: str
    label: str
    level: int
    clusters: tuple[str, ...]
    title: str = ""

    @property
    def name(self) -> str:
        """What people are shown."""
        return self.title or self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Where an item belongs: no cluster at all is a valid answer.

    ``probability`` is the share of the item's neighborhood that lies in its cluster; ``x`` and
    ``y`` place it on the map, -1 to 1. ``text`` is a short digest of the wording that was grouped,
    by which the next run knows what changed.
    """

    cluster: str | None
    probability: float
    x: float
    y: float
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterReport:
    """Clusters (largest first), assignments by item id, duplicates, and what was left out.

    ``left_out`` names items without any word to compare, with the reason; they have an assignment
    (to no cluster) like all others. ``drift`` compares with the run before, if there was one.
    ``vectors`` names the embedder and the way of grouping, ``labels`` the way of naming;
    ``updates`` counts the texts that came or went since all were grouped anew. A run goes on from
    a report of the same ``vectors``.
    """

    clusters: tuple[Cluster, ...]
    assignments: Mapping[str, Assignment]
    duplicates: tuple[DuplicatePair, ...]
    groups: tuple[DuplicateGroup, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    themes: tuple[Theme, ...] = ()
    drift: Drift | None = None
    vectors: str = ""
    labels: str = ""
    updates: int = 0

    @property
    def points(self) -> Mapping[str, tuple[float, float]]:
        """The 2-D map: item id -> x, y."""
        return {name: (found.x, found.y) for name, found in self.assignments.items()}

    @property
    def noise(self) -> tuple[str, ...]:
        """Ids of the items in no cluster."""
        return tuple(name for name, found in self.assignments.items() if found.cluster is None)

    @property
    def summary(self) -> dict[str, int]:
        """How many items, clusters, items in none, themes, duplicate pairs, items that moved."""
        return {
            "items": len(self.assignments),
            "clusters": len(self.clusters),
            "noise": len(self.noise),
            "themes": len(self.themes),
            "duplicate_pairs": len(self.duplicates),
            "moved": 0 if self.drift is None else len(self.drift.moved),
        }

    @property
    def names(self) -> dict[str, str]:
        """What each cluster is called, by id."""
        return {cluster.id: cluster.name for cluster in self.clusters}

    def cluster_of(self, item_id: str) -> Cluster | None:
        """The cluster of an item; None for noise.

        Raises:
            KeyError: No such item.
        """
        wanted = self.assignments[item_id].cluster
        return next((cluster for cluster in self.clusters if cluster.id == wanted), None)

    def to_json(self) -> JSON:
        """The report as plain JSON."""
        return {
            "clusters": [
                {
                    "id": cluster.id,
                    "label": cluster.label,
                    "title": cluster.title,
                    "size": len(cluster.members),
                    "members": list(cluster.members),
                    "representative": cluster.representative,
                    "cohesion": cluster.cohesion,
                    "changes": cluster.changes,
                }
                for cluster in self.clusters
            ],
            "assignments": {
                name: {
                    "cluster": found.cluster,
                    "probability": found.probability,
                    "x": found.x,
                    "y": found.y,
                    "text": found.text,
                }
                for name, found in self.assignments.items()
            },
            "duplicates": [
                {
                    "a": pair.a,
                    "b": pair.b,
                    "similarity": pair.similarity,
                    "jaccard": pair.jaccard,
                    "kind": pair.kind,
                }
                for pair in self.duplicates
            ],
            "groups": [
                {
                    "representative": group.representative,
                    "members": list(group.members),
                    "kind": group.kind,
                }
                for group in self.groups
            ],
            "themes": [asdict(theme) for theme in self.themes],
            "drift": None if self.drift is None else self.drift.to_json(),
            "vectors": self.vectors,
            "labels": self.labels,
            "updates": self.updates,
            "outliers": list(self.noise),
            "left_out": [{"id": name, "reason": reason} for name, reason in self.left_out],
            "summary": self.summary,
        }

    @classmethod
    def from_json(cls, value: JSON) -> "ClusterReport":
        """The inverse of `to_json`; reports written before a field existed have its default."""
        return cls(
            clusters=tuple(
                Cluster(
                    id=row["id"],
                    label=row["label"],
                    members=tuple(row["members"]),
                    representative=row["representative"],
                    cohesion=row["cohesion"],
                    title=row.get("title", ""),
                    changes=row.get("changes", 0),
                )
                for row in value["clusters"]
            ),
            assignments={
                name: Assignment(
                    cluster=row["cluster"],
                    probability=row["probability"],
                    x=row["x"],
                    y=row["y"],
                    text=row.get("text", ""),
                )
                for name, row in value["assignments"].items()
            },
            duplicates=tuple(DuplicatePair(**row) for row in value["duplicates"]),
            groups=tuple(
                DuplicateGroup(
                    representative=row["representative"],
                    members=tuple(row["members"]),
                    kind=row["kind"],
                )
                for row in value["groups"]
            ),
            left_out=tuple((row["id"], row["reason"]) for row in value["left_out"]),
            themes=tuple(
                Theme(**{**row, "clusters": tuple(row["clusters"])})
                for row in value.get("themes", ())
            ),
            drift=None if value.get("drift") is None else Drift.from_json(value["drift"]),
            vectors=value.get("vectors", ""),
            labels=value.get("labels", ""),
            updates=value.get("updates", 0),
        )
