"""Group the prompts of a workspace, or the texts of a table."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from promptops.cluster.drift import drift
from promptops.cluster.items import Item, item_of
from promptops.cluster.pipeline import cluster_prompts
from promptops.cluster.report import Assignment, ClusterReport
from promptops.cluster.texts import Texts
from promptops.core.canonical import digest
from promptops.core.clock import iso
from promptops.embedding.embedder import Embedder
from promptops.prompts.loader import PromptFile
from promptops.tracking.evidence import Evidence
from promptops.wiring import CODE_VERSION, Services

Progress = Callable[[str], None]
KIND = "cluster"
CLUSTER_VERSION = "4"
"""Part of the evidence key: raise it when grouping or naming changes."""


def cluster_registry(
    services: Services,
    *,
    files: Sequence[PromptFile] | None = None,
    progress: Progress | None = None,
) -> ClusterReport:
    """Groups, duplicates and the map of prompts.

    Without ``files`` every prompt that can be read; the others are told to ``services.notice``.

    The same prompts have the same groups: known groups come from the evidence. Groups that are
    recognizably those of the last run keep their ids. The drift is that since the last run on
    other prompts.

    A last run that cannot be read, or that grouped in another way, means that all prompts are
    grouped anew; ``services.notice`` is told.
    """
    items = _items(services, files)
    subject = digest(sorted([item.id, item.digest, item.title] for item in items))
    inputs = {
        "embedder": services.embedder.fingerprint,
        "seed": str(services.settings.general.seed),
        "cluster": CLUSTER_VERSION,
    }
    known = services.evidence.find(subject, KIND, inputs)
    last = services.evidence.latest(KIND)
    previous = _read(services, last)
    since = iso(last.measured_at) if last else ""
    report = _read(services, known)
    if known is not None and report is not None:
        if last is None or previous is None or known.key == last.key:
            return report
        # As it was before the last run: the change since then is another one.
        return replace(report, drift=replace(drift(previous, report), since=since))
    report = cluster_prompts(
        items,
        services.embedder,
        seed=services.settings.general.seed,
        previous=previous,
        progress=progress,
    )
    if previous is not None and previous.vectors != report.vectors:
        services.notice("the last run grouped in another way: all prompts are grouped anew")
    if report.drift is not None:
        report = replace(report, drift=replace(report.drift, since=since))
    services.evidence.add(
        Evidence(
            subject=subject,
            kind=KIND,
            inputs=inputs,
            value=report.to_json(),
            measured_at=services.clock(),
            code_version=CODE_VERSION,
        ),
        refused=services.forgo,
    )
    return report


def _read(services: Services, kept: Evidence | None) -> ClusterReport | None:
    if kept is None:
        return None
    try:
        return ClusterReport.from_json(kept.value)
    except (AttributeError, KeyError, TypeError, ValueError):
        when = iso(kept.measured_at)
        services.notice(f"the groups of {when} cannot be read: all prompts are grouped anew")
        return None


def cluster_table(
    table: Texts, embedder: Embedder, *, progress: Progress | None = None
) -> ClusterReport:
    """The groups of the texts of a table (`read_texts`).

    Cells that hold no text are left out and told; like all others they have an assignment.
    """
    report = cluster_prompts(table.items, embedder, progress=progress)
    nowhere = Assignment(cluster=None, probability=0.0, x=0.0, y=0.0)
    places = {**dict.fromkeys((name for name, _ in table.left_out), nowhere), **report.assignments}
    return replace(
        report,
        assignments=dict(sorted(places.items())),
        left_out=(*table.left_out, *report.left_out),
    )


def _items(services: Services, files: Sequence[PromptFile] | None) -> tuple[Item, ...]:
    if files is None:
        files, broken = services.registry.load_all()
        for problem in broken:
            services.notice(f"left out: {problem}")
    return tuple(item_of(file) for file in files)
