"""Let a model name clusters and themes: only what it may see, within a budget, each group once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import anyio

from promptops.cluster.items import Item, item_of
from promptops.cluster.report import ClusterReport
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

    ``notes`` are the ids of clusters and themes without one, each with the reason; ``calls`` were
    made, other titles were known.
    """

    report: ClusterReport
    model: str
    notes: tuple[tuple[str, str], ...]
    calls: int

    def to_json(self) -> JSON:
        """What was asked and what came of it, as plain JSON."""
        themes = {theme.id for theme in self.report.themes}
        return {
            "model": self.model,
            "calls": self.calls,
            "notes": [
                {"theme" if name in themes else "cluster": name, "reason": reason}
                for name, reason in self.notes
            ],
        }


def title_clusters(
    services: Services,
    report: ClusterReport,
    files: Sequence[PromptFile],
    *,
    model: str,
    budget: Budget | None = None,
) -> Titled:
    """Ask a model for a title of each cluster and theme of prompts.

    A title is kept as evidence by the digests of the members and the model, so a group is asked
    about once. A prompt whose data the model must not see (`permit_of`) is not shown. A group
    without a good answer keeps its key phrases, and a note says why.

    Args:
        services: The workspace.
        report: Of its prompts.
        files: The prompts.
        model: The model to ask.
        budget: What calls may cost; known titles are free. Clusters come before themes.

    Raises:
        MissingKeyError: The model's provider has no key.
        UnknownModelError: Nobody knows the model.
        ModelNotInstalledError: Its weights are missing.
    """
    permit = permit_of(services, model)
    kept = {file.prompt.id: permit(file.prompt) for file in files}
    may = [item_of(file) for file in files if not kept[file.prompt.id]]
    return _titled(_Asking(services, model, budget or Budget(), may, kept), report)


def title_texts(
    services: Services,
    report: ClusterReport,
    items: Sequence[Item],
    *,
    model: str,
    budget: Budget | None = None,
) -> Titled:
    """Ask a model for a title of each cluster and theme of bare texts.

    As `title_clusters`; a bare text declares no data class, so nothing keeps it from a model.
    """
    return _titled(_Asking(services, model, budget or Budget(), items, {}), report)


def _titled(asking: "_Asking", report: ClusterReport) -> Titled:
    with asking.services.turn():
        found = anyio.run(partial(_ask_all, asking, [*_groups(report)]))
    titles = {name: "" if reason else title for name, (title, reason) in found.items()}
    return Titled(
        report=replace(
            report,
            clusters=tuple(replace(each, title=titles[each.id]) for each in report.clusters),
            themes=tuple(replace(each, title=titles[each.id]) for each in report.themes),
        ),
        model=asking.model,
        notes=tuple((name, f"{why}: {_REST}") for name, (_, why) in found.items() if why),
        calls=asking.calls,
    )


def _groups(report: ClusterReport) -> Iterator[tuple[str, str, list[str]]]:
    """Id, label and members of each cluster, then of each theme; the most typical ones first."""
    for each in report.clusters:
        head = each.representative
        yield each.id, each.label, sorted(each.members, key=lambda name: (name != head, name))
    parts = {each.id: each for each in report.clusters}
    for theme in report.themes:
        clusters = sorted((parts[name] for name in theme.clusters), key=lambda c: -len(c.members))
        heads = {each.representative: None for each in clusters}
        rest = sorted(name for each in clusters for name in each.members if name not in heads)
        yield theme.id, theme.label, [*heads, *rest]


class _Asking:
    """Whom to ask for what it may cost, what it may be shown, and why not the rest."""

    def __init__(
        self,
        services: Services,
        model: str,
        budget: Budget,
        items: Sequence[Item],
        kept: Mapping[str, str],
    ) -> None:
        self.services = services
        self.model = model
        self.budget = budget
        self.may = {item.id: item for item in items}
        self.kept = kept
        self.calls = 0


async def _ask_all(
    asking: _Asking, groups: Sequence[tuple[str, str, list[str]]]
) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}

    async def ask(name: str, label: str, members: Sequence[str]) -> None:
        found[name] = await _ask(asking, label, members)

    async with anyio.create_task_group() as tasks:
        for name, label, members in groups:
            tasks.start_soon(ask, name, label, members)
    return {name: found[name] for name, _, _ in groups}


async def _ask(asking: _Asking, label: str, members: Sequence[str]) -> tuple[str, str]:
    """A title, or why there is none."""
    items = [asking.may[name] for name in members if name in asking.may]
    if not items:
        reasons = sorted({why for name in members if (why := asking.kept.get(name))})
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
        completion = await services.chat.complete(title_request(asking.model, label, items))
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
