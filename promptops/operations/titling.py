"""Let a model name clusters: only prompts that it may see, within a budget, each group once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import anyio

from promptops.cluster.items import Item, item_of
from promptops.cluster.report import Cluster, ClusterReport
from promptops.cluster.titles import METHOD, read_title, title_request
from promptops.core.canonical import JSON, digest
from promptops.errors import (
    BudgetExceededError,
    MissingKeyError,
    ModelNotInstalledError,
    PromptOpsError,
    StorageError,
    UnknownModelError,
)
from promptops.llm.metered import Budget
from promptops.operations.judge_permission import permit_of
from promptops.prompts.loader import PromptFile
from promptops.tracking.evidence import Evidence
from promptops.wiring import CODE_VERSION, Services

KIND = "cluster-title"
_FATAL = (StorageError, MissingKeyError, ModelNotInstalledError, UnknownModelError)
_REST = "key phrases are shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Titled:
    """A report with titles.

    ``notes`` are the clusters without one, each with the reason; ``calls`` were made, other titles
    were known.
    """

    report: ClusterReport
    model: str
    notes: tuple[tuple[str, str], ...]
    calls: int

    def to_json(self) -> JSON:
        """What was asked and what came of it, as plain JSON."""
        return {
            "model": self.model,
            "calls": self.calls,
            "notes": [{"cluster": name, "reason": reason} for name, reason in self.notes],
        }


def title_clusters(
    services: Services,
    report: ClusterReport,
    files: Sequence[PromptFile],
    *,
    model: str,
    budget: Budget | None = None,
) -> Titled:
    """Ask a model for a title of each cluster.

    A title is kept as evidence by the digests of the members and the model, so a group is asked
    about once. A prompt whose data the model must not see (`permit_of`) is not shown. A group
    without a good answer keeps its key phrases, and a note says why.

    Args:
        services: The workspace.
        report: Of its prompts.
        files: The prompts.
        model: The model to ask.
        budget: What calls may cost; known titles are free.

    Raises:
        MissingKeyError: The model's provider has no key.
        UnknownModelError: Nobody knows the model.
        ModelNotInstalledError: Its weights are missing.
    """
    permit = permit_of(services, model)
    kept = {file.prompt.id: permit(file.prompt) for file in files}
    may = {file.prompt.id: item_of(file) for file in files if not kept[file.prompt.id]}
    asking = _Asking(services=services, model=model, budget=budget or Budget())
    with services.turn():
        found = anyio.run(partial(_ask_all, asking, report.clusters, may, kept))
    notes = tuple(
        (cluster.id, f"{reason}: {_REST}")
        for cluster, (_, reason) in zip(report.clusters, found, strict=True)
        if reason
    )
    clusters = tuple(
        replace(cluster, title="" if reason else title)
        for cluster, (title, reason) in zip(report.clusters, found, strict=True)
    )
    return Titled(
        report=replace(report, clusters=clusters), model=model, notes=notes, calls=asking.calls
    )


@dataclass(slots=True, kw_only=True)
class _Asking:
    services: Services
    model: str
    budget: Budget
    calls: int = 0


async def _ask_all(
    asking: _Asking,
    clusters: Sequence[Cluster],
    may: Mapping[str, Item],
    kept: Mapping[str, str],
) -> list[tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}

    async def ask(cluster: Cluster) -> None:
        found[cluster.id] = await _ask(asking, cluster, may, kept)

    async with anyio.create_task_group() as group:
        for cluster in clusters:
            group.start_soon(ask, cluster)
    return [found[cluster.id] for cluster in clusters]


async def _ask(
    asking: _Asking, cluster: Cluster, may: Mapping[str, Item], kept: Mapping[str, str]
) -> tuple[str, str]:
    """A title, or why there is none."""
    names = sorted(cluster.members, key=lambda name: (name != cluster.representative, name))
    items = [may[name] for name in names if name in may]
    if not items:
        reasons = sorted({kept[name] for name in names if kept.get(name)})
        return "", f"{asking.model} must not be shown these prompts: {'; '.join(reasons)}"
    services = asking.services
    subject = digest(sorted(item.digest for item in items))
    inputs = {
        "model": asking.model,
        "weights": services.fingerprint(asking.model),
        "method": METHOD,
    }
    known = services.evidence.find(subject, KIND, inputs)
    if known is not None:
        return known.value["title"], known.value["reason"]
    try:
        asking.budget.reserve()
    except BudgetExceededError:
        return "", "the budget is spent"
    try:
        completion = await services.chat.complete(title_request(asking.model, cluster.label, items))
    except _FATAL:
        raise
    except PromptOpsError as problem:
        asking.budget.give_back()
        return "", f"no answer ({problem.message})"
    asking.budget.charge(completion.cost_usd)
    asking.calls += 1
    title, reason = read_title(completion.text, items)
    services.evidence.add(
        Evidence(
            subject=subject,
            kind=KIND,
            inputs=inputs,
            value={"title": title, "reason": reason},
            measured_at=services.clock(),
            code_version=CODE_VERSION,
        )
    )
    return title, reason
