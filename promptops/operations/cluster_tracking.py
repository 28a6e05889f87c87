"""Keep a grouping where people compare: MLflow, with the map as a page and as a picture."""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from promptops.cluster.drift import Drift
from promptops.cluster.picture import map_png
from promptops.cluster.report import ClusterReport
from promptops.core.canonical import JSON, digest
from promptops.core.clock import iso
from promptops.reporting.night import DuplicateRow, PointRow
from promptops.reporting.sweeps import ClusterRow, cluster_html
from promptops.tracking.evidence import Evidence
from promptops.wiring import CODE_VERSION, Services

TRACKED = "cluster-tracked"


def cluster_page(
    report: ClusterReport, *, heading: str, when: datetime, noun: str = "prompt"
) -> str:
    """A report as one HTML file with an interactive map.

    Args:
        report: What to show.
        heading: Whose prompts or texts these are.
        when: The time of the run.
        noun: What an item is called.
    """
    names = report.names
    return cluster_html(
        [
            ClusterRow(
                id=each.id,
                label=each.name,
                representative=each.representative,
                members=each.members,
            )
            for each in report.clusters
        ],
        [
            DuplicateRow(first=pair.a, second=pair.b, kind=pair.kind, similarity=pair.similarity)
            for pair in report.duplicates
        ],
        [
            PointRow(id=item, cluster=names.get(found.cluster or "", ""), x=found.x, y=found.y)
            for item, found in report.assignments.items()
        ],
        workspace=heading,
        when=when,
        noun=noun,
    )


def record_clustering(services: Services, report: ClusterReport) -> dict[str, str]:
    """Write a run to MLflow, in the experiment ``<workspace> clustering``.

    Numbers, the groups as a table and as ``groups.csv``, the map as ``map.html`` and ``map.png``.
    A report is written once (decision 0004): which one was is evidence.

    Returns:
        ``note``, what was written, and ``mlflow_run``, the run's page, if one was.
    """
    key = digest(report.to_json())
    if services.evidence.find(key, TRACKED, {}) is not None:
        return {"note": "nothing changed: this grouping is in MLflow already"}
    general = services.settings.general
    now = services.clock()
    with services.tracker.run(
        f"clustering {iso(now)}",
        experiment=f"{general.name} clustering",
        tags={"promptops.kind": "clustering"},
    ) as run:
        run.params({"embedder": services.embedder.fingerprint, "seed": general.seed})
        run.metrics(clustering_metrics(report))
        rows = group_rows(report)
        if rows:
            run.table("groups", rows)
        run.text("groups.csv", _csv(rows))
        run.text("map.html", cluster_page(report, heading=general.name, when=now))
        with TemporaryDirectory() as folder:
            picture = Path(folder) / "map.png"
            picture.write_bytes(map_png(report, heading=general.name))
            run.artifact(picture)
        url = run.url
    services.evidence.add(
        Evidence(
            subject=key,
            kind=TRACKED,
            value={"run": url},
            measured_at=now,
            code_version=CODE_VERSION,
        )
    )
    return {"mlflow_run": url, "note": f"{len(report.clusters)} groups in MLflow"}


def clustering_metrics(report: ClusterReport) -> dict[str, float]:
    """The numbers of a run by metric name; what did not happen is 0."""
    summary = report.summary
    return {
        "cluster/items": summary["items"],
        "cluster/groups": summary["clusters"],
        "cluster/outliers": summary["noise"],
        "cluster/themes": summary["themes"],
        "cluster/duplicates": summary["duplicate_pairs"],
        **{f"cluster/{name}": n for name, n in (report.drift or Drift()).counts.items()
           if name != "outliers"},
        "cluster/new_outliers": len(report.drift.outliers) if report.drift else 0,
    }  # fmt: skip


def group_rows(report: ClusterReport) -> list[dict[str, JSON]]:
    """One row a group: id, name, how many prompts, representative, cohesion, themes."""
    themes: dict[str, list[str]] = {}
    for theme in sorted(report.themes, key=lambda each: -each.level):
        for name in theme.clusters:
            themes.setdefault(name, []).append(theme.name)
    return [
        {
            "id": each.id,
            "name": each.name,
            "prompts": len(each.members),
            "representative": each.representative,
            "cohesion": each.cohesion,
            "themes": " / ".join(themes.get(each.id, ())),
        }
        for each in report.clusters
    ]


def _csv(rows: Sequence[Mapping[str, JSON]]) -> str:
    sheet = StringIO()
    writer = csv.DictWriter(sheet, list(rows[0]) if rows else ["id"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return sheet.getvalue()
