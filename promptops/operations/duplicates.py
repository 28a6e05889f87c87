"""Duplicates of a workspace, of what changed in it, and of a table of texts."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from promptops.cluster.duplicates import (
    NO_WORDS,
    DuplicateReport,
    find_duplicates,
    find_pairs,
)
from promptops.cluster.items import item_of
from promptops.cluster.merging import Standing, group_pairs
from promptops.cluster.neighbors import nearest
from promptops.cluster.report import DuplicateKind, DuplicatePair
from promptops.cluster.texts import Texts
from promptops.cluster.word_neighbors import word_neighbors
from promptops.cluster.wording import normalized, without_boilerplate
from promptops.embedding.embedder import Embedder
from promptops.evaluation.result import Evaluation
from promptops.evaluation.runner import EVIDENCE_KIND
from promptops.operations.git_history import GitHistory
from promptops.prompts.digests import variant_digest
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Prompt
from promptops.wiring import Services

NEAREST = 20
"""Prompts that a changed one is compared with in full, by either measure of shared words."""


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


def changed_duplicates(
    services: Services, files: Sequence[PromptFile], changed: Collection[str]
) -> Found:
    """The duplicates that some prompts are or have, for a check that must be quick.

    Every prompt is compared with the changed ones by its words; only those nearest in words
    (`NEAREST` by either measure) are embedded and compared in full. What is found does not depend
    on which vectors are known already.

    Args:
        services: The workspace.
        files: All its prompts.
        changed: Ids of those that changed.
    """
    items = sorted((item_of(file) for file in files), key=lambda item: item.id)
    keys = [normalized(item.text) for item in items]
    copies: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        if key:
            copies.setdefault(key, []).append(row)
    heads = [rows[0] for rows in copies.values()]
    texts = without_boilerplate([items[row].text for row in heads])
    asked = [
        place
        for place, rows in enumerate(copies.values())
        if any(items[row].id in changed for row in rows)
    ]
    looked = sorted({*asked, *word_neighbors(texts, asked, NEAREST)})
    pairs = [
        DuplicatePair(
            a=items[rows[0]].id, b=items[row].id, similarity=1.0, jaccard=1.0, kind="exact"
        )
        for rows in copies.values()
        for row in rows[1:]
    ]
    if looked:
        some = [texts[place] for place in looked]
        vectors = services.embedder.embed(some)
        pairs += find_pairs(
            [items[heads[place]].id for place in looked],
            some,
            vectors,
            nearest(vectors, NEAREST),
            services.embedder,
            seed=services.settings.general.seed,
        )
    report = DuplicateReport(
        items=len(items),
        pairs=tuple(pairs),
        groups=group_pairs(
            pairs,
            lengths={item.id: len(item.text) for item in items},
            standing=_standing(services, files),
        ),
        left_out=tuple(
            (item.id, NO_WORDS) for item, key in zip(items, keys, strict=True) if not key
        ),
    )
    return Found(report=only_of(report, changed), texts={item.id: item.text for item in items})


def table_duplicates(table: Texts, embedder: Embedder) -> Found:
    """The duplicates among the texts of a table (`read_texts`)."""
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
