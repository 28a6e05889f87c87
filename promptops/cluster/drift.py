"""What changed between two groupings of a collection."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promptops.core.canonical import JSON

if TYPE_CHECKING:
    from promptops.cluster.report import ClusterReport

_PART = 0.2
"""The share of a cluster that must come from, or go to, another one to count as its part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One cluster before and after.

    ``others`` are the clusters it went to (split) or came from (merged); empty otherwise.
    """

    cluster: str
    label: str
    before: int
    after: int
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Changes of clusters, and of items: ``added``, ``removed``, ``moved`` to another cluster.

    ``outliers`` are items in no cluster that are new or were in one. ``regrouped`` says whether
    all items were grouped anew, so that any may have moved. ``since`` is when the run before was,
    in UTC; empty when nobody said.
    """

    appeared: tuple[Change, ...] = ()
    vanished: tuple[Change, ...] = ()
    grew: tuple[Change, ...] = ()
    shrank: tuple[Change, ...] = ()
    split: tuple[Change, ...] = ()
    merged: tuple[Change, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    outliers: tuple[str, ...] = ()
    regrouped: bool = False
    since: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many changes there are of each kind."""
        return {name: len(getattr(self, name)) for name in (*_CHANGES, *_ITEMS)}

    def to_json(self) -> JSON:
        """The drift as plain JSON."""
        found: JSON = {"since": self.since, "regrouped": self.regrouped}
        for name in _CHANGES:
            found[name] = [
                {
                    "cluster": change.cluster,
                    "label": change.label,
                    "before": change.before,
                    "after": change.after,
                    "others": list(change.others),
                }
                for change in getattr(self, name)
            ]
        for name in _ITEMS:
            found[name] = list(getattr(self, name))
        return found

    @classmethod
    def from_json(cls, value: JSON) -> "Drift":
        """The inverse of `to_json`."""
        changes = {
            name: tuple(Change(**{**row, "others": tuple(row["others"])}) for row in value[name])
            for name in _CHANGES
        }
        items = {name: tuple(value[name]) for name in _ITEMS}
        found: dict[str, Any] = {**changes, **items}
        return cls(**found, regrouped=value["regrouped"], since=value.get("since", ""))


_ITEMS = ("added", "removed", "moved", "outliers")
_CHANGES = ("appeared", "vanished", "grew", "shrank", "split", "merged")


def drift(before: "ClusterReport", after: "ClusterReport", *, regrouped: bool = False) -> Drift:
    """What changed from one report to the next; clusters of one id are the same cluster.

    A cluster split when two or more clusters each hold a fifth of those of its items that are
    still there; it merged when a fifth of it came from each of two or more old clusters.
    """
    old = {name: found.cluster for name, found in before.assignments.items()}
    new = {name: found.cluster for name, found in after.assignments.items()}
    sizes_old = {cluster.id: (len(cluster.members), cluster.label) for cluster in before.clusters}
    sizes_new = {cluster.id: (len(cluster.members), cluster.label) for cluster in after.clusters}
    went: dict[str, Counter[str]] = defaultdict(Counter)
    came: dict[str, Counter[str]] = defaultdict(Counter)
    for name in old.keys() & new.keys():
        source, target = old[name], new[name]
        if source is not None and target is not None:
            went[source][target] += 1
            came[target][source] += 1

    def change(name: str, others: tuple[str, ...] = ()) -> Change:
        size, label = sizes_old.get(name, (0, ""))
        now, label_now = sizes_new.get(name, (0, label))
        return Change(cluster=name, label=label_now, before=size, after=now, others=others)

    def parts(counts: Counter[str], whole: int) -> tuple[str, ...]:
        return tuple(
            sorted(n for n, number in counts.items() if number > 1 and number >= _PART * whole)
        )

    both = sorted(sizes_old.keys() & sizes_new.keys())
    split = {name: parts(went[name], went[name].total()) for name in sorted(sizes_old)}
    merged = {name: parts(came[name], sizes_new[name][0]) for name in sorted(sizes_new)}
    return Drift(
        appeared=tuple(change(name) for name in sorted(sizes_new.keys() - sizes_old.keys())),
        vanished=tuple(change(name) for name in sorted(sizes_old.keys() - sizes_new.keys())),
        grew=tuple(change(name) for name in both if sizes_new[name][0] > sizes_old[name][0]),
        shrank=tuple(change(name) for name in both if sizes_new[name][0] < sizes_old[name][0]),
        split=tuple(change(name, others) for name, others in split.items() if len(others) > 1),
        merged=tuple(change(name, others) for name, others in merged.items() if len(others) > 1),
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        moved=tuple(sorted(n for n in old.keys() & new.keys() if old[n] and old[n] != new[n])),
        outliers=tuple(sorted(n for n in new if new[n] is None and old.get(n, "") is not None)),
        regrouped=regrouped,
    )
