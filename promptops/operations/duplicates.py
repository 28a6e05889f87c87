"""Duplicates of a workspace, of what changed in it, and of a table of texts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from promptops.cluster.duplicates import DuplicateReport, find_duplicates
from promptops.cluster.items import item_of
from promptops.cluster.merging import Standing
from promptops.cluster.report import DuplicateKind
from promptops.cluster.texts import read_texts
from promptops.embedding.embedder import Embedder
from promptops.evaluation.result import Evaluation
from promptops.evaluation.runner import EVIDENCE_KIND
from promptops.operations.git_history import GitHistory
from promptops.prompts.digests import variant_digest
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Prompt
from promptops.wiring import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A report with the compared texts by id, which a merge suggestion shows."""

    report: DuplicateReport
    texts: Mapping[str, str]


def registry_duplicates(services: Services, files: Sequence[PromptFile]) -> Found:
    """The duplicates among prompts; the most used or best proven of a group represents it."""
    items = [item_of(file) for file in files]
    report = find_duplicates(
        items,
        services.embedder,
        seed=services.settings.general.seed,
        standing=_standing(services, files),
    )
    return Found(report=report, texts={item.id: item.text for item in items})


def table_duplicates(path: Path, column: str, embedder: Embedder) -> Found:
    """The duplicates in a column of a table.

    Raises:
        UsageError: See `read_texts`.
        InputError: See `read_texts`.
    """
    table = read_texts(path, column)
    report = find_duplicates(table.items, embedder)
    whole = replace(
        report,
        items=len(table.items) + len(table.left_out),
        left_out=(*table.left_out, *report.left_out),
    )
    return Found(report=whole, texts={item.id: item.text for item in table.items})


def changed_prompts(files: Sequence[PromptFile], root: Path, revision: str) -> frozenset[str]:
    """The ids of prompts whose files are new or changed since a revision.

    Raises:
        UsageError: No git repository, or no such revision.
    """
    history = GitHistory(root)
    changed = {(root / item.path).resolve() for item in history.changes(history.base(revision))}
    return frozenset(file.prompt.id for file in files if file.path.resolve() in changed)


def only_of(report: DuplicateReport, ids: Iterable[str]) -> DuplicateReport:
    """The groups with one of the ids, and the pairs within them that have one.

    An exact copy is paired with the first of its kind alone: the first's other pairs are its own.
    """
    wanted = frozenset(ids)
    groups = tuple(group for group in report.groups if wanted.intersection(group.members))
    copied = {pair.a for pair in report.pairs if pair.kind == "exact" and pair.b in wanted}
    reached = wanted | copied
    pairs = tuple(pair for pair in report.pairs if reached.intersection((pair.a, pair.b)))
    return replace(report, pairs=pairs, groups=groups)


def only_kind(report: DuplicateReport, kind: DuplicateKind) -> DuplicateReport:
    """The pairs and the groups of one kind."""
    return replace(
        report,
        pairs=tuple(pair for pair in report.pairs if pair.kind == kind),
        groups=tuple(group for group in report.groups if group.kind == kind),
    )


def _standing(services: Services, files: Sequence[PromptFile]) -> dict[str, Standing]:
    runs = Counter[str]()
    if services.run_log.parts():
        runs.update(services.run_log.read()["prompt_id"].dropna().tolist())
    return {
        file.prompt.id: Standing(runs=runs[file.prompt.id], score=_score(services, file.prompt))
        for file in files
    }


def _score(services: Services, prompt: Prompt) -> float | None:
    """The mean over all metrics of the last evaluation of the main wording; None without one."""
    facts = services.evidence.for_subject(variant_digest(prompt), EVIDENCE_KIND)
    if not facts:
        return None
    evaluation = Evaluation.from_json(facts[-1].value)
    return fmean(map(evaluation.mean, evaluation.metrics)) if evaluation.metrics else None
