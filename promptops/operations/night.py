"""The notebook of one night: what to do next, what came back, and the report of it all."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from promptops.errors import (
    MissingKeyError,
    ModelNotInstalledError,
    PromptOpsError,
    StorageError,
    UnknownModelError,
)
from promptops.llm.metered import Budget
from promptops.operations import night_rows as rows
from promptops.operations.evaluation import Measured
from promptops.operations.rewriting import stale_variants
from promptops.prompts.loader import PromptFile
from promptops.prompts.proposals import Proposal
from promptops.reporting.night import ErrorRow, NightReport, PromptRow, Spent, StepRow
from promptops.wiring import CODE_VERSION, Services, shared_services

if TYPE_CHECKING:
    from promptops.cluster.report import ClusterReport
    from promptops.golden.contracts import ContractReport
    from promptops.lint.report import LintReport
    from promptops.operations.optimization import Optimized
    from promptops.operations.regression import Regressed
    from promptops.operations.rewriting import Rewritten
    from promptops.operations.routing import Recalibrated
    from promptops.packs.build import Pack


FATAL = (StorageError, MissingKeyError, ModelNotInstalledError, UnknownModelError)
"""Errors that every further prompt would meet as well: they end the night at once."""


@dataclass(slots=True)
class Step:
    """What a step says of itself: ``done``, ``unchanged``, ``failed`` or ``skipped``; a note."""

    status: str = "done"
    note: str = ""


class Night:
    """One night's notebook. The flow alone writes in it, so it needs no lock."""

    def __init__(
        self, services: Services, files: Sequence[PromptFile], *, dry_run: bool = False
    ) -> None:
        """Begin the night now, over these prompts."""
        self.services = services
        self.workspace = str(services.workspace.root)
        self.files = {file.prompt.id: file for file in files}
        self.dry_run = dry_run
        self.measured: dict[str, Measured] = {}
        self.optimizations: dict[str, Optimized] = {}
        self.pack: Pack | None = None
        self.lint: LintReport | None = None
        self._started: datetime = services.clock()
        self._steps: list[StepRow] = []
        self._errors: list[ErrorRow] = []
        self._rows = {
            file.prompt.id: rows.prompt_row(file, services.registry.area(file)) for file in files
        }
        self._parts: dict[str, object] = {}
        self._proposals: list[Proposal] = []
        self._regressions: list[Regressed] = []
        self._blocked: set[str] = set()
        self._links: dict[str, str] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Time a step; an error in it is noted and the night goes on.

        Raises:
            PromptOpsError: One of `FATAL`.
        """
        step = Step()
        start = time.perf_counter()
        self.services.notice(f"{name} …")
        try:
            yield step
        except FATAL:
            step.status = "failed"
            raise
        except PromptOpsError as problem:
            step.status = "failed"
            self.failed(name, "", problem)
        finally:
            seconds = round(time.perf_counter() - start, 3)
            row = StepRow(name=name, status=step.status, seconds=seconds, note=step.note)
            self._steps.append(row)
            self.services.notice(f"{name}: {step.note or step.status} ({seconds:.1f} s)")

    def failed(self, step: str, subject: str, problem: BaseException) -> None:
        """Note what failed; the prompt concerned shows it."""
        message = str(problem) or type(problem).__name__
        if not isinstance(problem, PromptOpsError):
            message = f"{type(problem).__name__}: {message}"
        self._errors.append(ErrorRow(step=step, subject=subject, message=message))
        if subject in self._rows:
            self._update(subject, verdict="failed", reason=message)

    # What to do.

    def measurable(self) -> tuple[str, ...]:
        """The prompts with golden cases whose data sets keep their contracts."""
        return tuple(
            prompt_id
            for prompt_id, file in self.files.items()
            if file.prompt.evals and prompt_id not in self._blocked
        )

    def worst_and_dearest(self) -> tuple[str, ...]:
        """Measured prompts by how much there is to gain: low score first, then many tokens."""
        most = max((m.evaluation.input_tokens_mean for m in self.measured.values()), default=1.0)

        def promise(prompt_id: str) -> float:
            measured = self.measured[prompt_id]
            tokens = measured.evaluation.input_tokens_mean / most
            return (1.0 - measured.score.estimate) + 0.25 * tokens

        ranked = sorted(self.measured, key=lambda each: (-promise(each), each))
        return tuple(ranked[: self.services.settings.nightly.optimize_prompts])

    def to_rewrite(self) -> tuple[str, ...]:
        """Prompts without a proposal whose wording for a family is missing or stale.

        The best measured ones come first.
        """
        families = set(self.services.settings.nightly.families)
        waiting = {proposal.prompt_id for proposal in self._proposals}

        def lacks(file: PromptFile) -> bool:
            named = {name for v in file.prompt.variants for name in rows.families_of(v)}
            return bool(families - named) or bool(stale_variants(self.services, file))

        ready = [p for p in self.measured if p not in waiting and lacks(self.files[p])]
        ready.sort(key=lambda each: (-self.measured[each].score.estimate, each))
        return tuple(ready[: self.services.settings.nightly.rewrite_prompts])

    def retrieving(self) -> tuple[str, ...]:
        """The measurable prompts that read a knowledge base."""
        return tuple(p for p in self.measurable() if self.files[p].prompt.retrieval)

    @property
    def defines_a_pack(self) -> bool:
        """Whether the workspace defines any pack."""
        return any(self.services.workspace.packs.glob("*.yaml"))

    # What came back. Each method returns the note of its step.

    def checked(self, reports: "Iterable[ContractReport]") -> str:
        """Note broken data sets and stop what depends on them."""
        found = tuple(reports)
        for report in found:
            if not report.ok:
                self._broken(report)
        sets = [report for report in found if report.kind != "prompt"]
        bad, prompts = sum(not report.ok for report in sets), len(found) - len(sets)
        note = f"{len(sets)} data sets" + (f", {bad} broken" if bad else " keep their contracts")
        return note + (f"; {prompts} prompts do not go with their data" if prompts else "")

    def _broken(self, report: "ContractReport") -> None:
        root = self.services.workspace.root
        path = rows.relative(report.dataset, root)
        for line in rows.violations(report):
            self._errors.append(ErrorRow(step="contracts", subject=path, message=line))
        for prompt_id, file in self.files.items():
            if path in (rows.data_of(file) | {rows.relative(str(file.path), root)}):
                self._blocked.add(prompt_id)
                self._update(prompt_id, verdict="failed", reason=f"{path} breaks its contract")

    def linted(self, report: "LintReport") -> str:
        """Note the findings."""
        for prompt_id, counts in rows.finding_counts(report).items():
            if prompt_id in self._rows:
                self._update(prompt_id, **counts)
        self._errors += [
            ErrorRow(step="lint", subject=item.path, message=item.reason) for item in report.skipped
        ]
        self._parts["findings"] = rows.finding_rows(report)
        self.lint = report
        return f"{len(report.findings)} findings in {report.checked} prompts"

    def clustered(self, report: "ClusterReport") -> str:
        """Note groups and duplicates."""
        self._parts["duplicates"] = rows.duplicate_rows(report)
        self._parts["points"] = rows.point_rows(report)
        return f"{len(report.clusters)} groups, {len(report.duplicates)} duplicate pairs"

    def planned(self, prompt_id: str, calls: int) -> None:
        """Note what a real night would measure."""
        reason = f"{calls} calls at most" if calls else "known already"
        self._update(prompt_id, verdict="would-measure" if calls else "unchanged", reason=reason)

    def evaluated(self, prompt_id: str, measured: Measured) -> None:
        """Note a prompt's score."""
        self.measured[prompt_id] = measured
        self._update(prompt_id, **rows.score_fields(measured))
        for case in measured.evaluation.failures:
            self._errors.append(
                ErrorRow(
                    step="evaluate", subject=f"{prompt_id} {case.case_id}", message=str(case.error)
                )
            )

    def optimized(self, prompt_id: str, result: "Optimized") -> None:
        """Note an optimization and its proposal."""
        self.optimizations[prompt_id] = result
        self._update(prompt_id, **rows.optimization_fields(result))
        self._parts["suggestions"] = rows.suggestion_rows(self.optimizations.values())
        self._propose(result.proposal)

    def rewritten(self, prompt_id: str, result: "Rewritten") -> None:
        """Note rewrites for other families and their proposal."""
        for family, reason in result.refused.items():
            self.failed_rewrite(prompt_id, family, reason)
        self._propose(result.proposal)

    def failed_rewrite(self, prompt_id: str, family: str, reason: str) -> None:
        """Note a rewrite that was refused; the prompt itself is fine."""
        subject = f"{prompt_id} for {family}"
        self._errors.append(ErrorRow(step="rewrite", subject=subject, message=reason))

    def regressed(self, _prompt_id: str, result: "Regressed") -> None:
        """Note a prompt against its knowledge base."""
        self._regressions.append(result)
        self._parts["regressions"] = tuple(rows.regression_row(each) for each in self._regressions)
        self._propose(result.proposal)

    def recalibrated(self, results: "Iterable[Recalibrated]") -> str:
        """Note what routing would do."""
        found = tuple(results)
        self._parts["routing"] = rows.routing_rows(found)
        changed = sum(len(item.report.changed) for item in found)
        runs = max((item.estimates.rows for item in found), default=0)
        return f"{runs} logged runs, {changed} prompts change target"

    def packed(self, pack: "Pack") -> str:
        """Note the candidate pack."""
        self.pack = pack
        self._parts["pack"] = rows.pack_row(pack)
        return f"{pack.name} is {pack.status}"

    def recorded(self, links: dict[str, str]) -> str:
        """Note where the night can be looked at."""
        self._links.update(links)
        return links.get("note", "")

    def _propose(self, proposal: Proposal | None) -> None:
        if proposal is None:
            return
        self._proposals.append(proposal)
        if proposal.prompt_id in self._rows:
            self._update(proposal.prompt_id, proposal=proposal.id)

    def _update(self, prompt_id: str, **changes: object) -> None:
        self._rows[prompt_id] = replace(self._rows[prompt_id], **changes)  # type: ignore[arg-type]

    # Notes of steps that went over many prompts.

    @property
    def plan_note(self) -> str:
        """How many prompts a real night would measure."""
        todo = sum(row.verdict == "would-measure" for row in self._rows.values())
        return f"{todo} prompts would be measured"

    @property
    def evaluation_note(self) -> str:
        """How many prompts were measured now, and how many were known."""
        known = sum(m.evaluation.from_evidence for m in self.measured.values())
        return f"{len(self.measured) - known} prompts measured, {known} known"

    @property
    def optimization_note(self) -> str:
        """How many got better."""
        better = sum(each.proposal is not None for each in self.optimizations.values())
        return f"{better} of {len(self.optimizations)} prompts improved"

    @property
    def rewrite_note(self) -> str:
        """How many rewrites are proposed."""
        return f"{sum(p.kind == 'rewrite' for p in self._proposals)} proposals"

    @property
    def regression_note(self) -> str:
        """How the retrieving prompts do."""
        bad = sum(each.verdict == "REGRESSED" for each in self._regressions)
        return f"{len(self._regressions)} prompts checked, {bad} regressed"

    @property
    def prompts(self) -> tuple[PromptRow, ...]:
        """What is known of each prompt."""
        return tuple(self._rows.values())

    def report(self) -> NightReport:
        """The report as it stands."""
        meter = self.services.meter.snapshot()
        folder = self.services.workspace.root
        return NightReport(
            workspace=self.services.settings.general.name,
            started_at=self._started,
            finished_at=self.services.clock(),
            code_version=CODE_VERSION,
            model=self.services.settings.llm.model,
            dry_run=self.dry_run,
            spent=Spent(
                calls=meter.calls,
                cached=meter.cached_calls,
                input_tokens=meter.input_tokens,
                output_tokens=meter.output_tokens,
                usd=meter.cost_usd,
            ),
            steps=tuple(self._steps),
            prompts=self.prompts,
            errors=tuple(self._errors),
            proposals=tuple(
                rows.proposal_row(each, self.services.proposals.path(each.id), folder)
                for each in self._proposals
            ),
            links=dict(self._links),
            **self._parts,  # type: ignore[arg-type]
        )


def open_night(
    workspace: str,
    *,
    only: Sequence[str] = (),
    calls: int | None = None,
    usd: float | None = None,
    minutes: float | None = None,
    dry_run: bool = False,
) -> Night:
    """Begin a night: the budget is set and the prompts are chosen.

    Files that cannot be read are noted as errors by the lint step; they stop nothing else.

    Raises:
        UnknownPromptError: ``only`` names a prompt that does not exist.
        WorkspaceNotFoundError: No workspace there.
    """
    services = shared_services(workspace)
    limits = services.settings.nightly
    services.budget = Budget(
        calls=limits.calls if calls is None else calls,
        usd=limits.usd if usd is None else usd,
        minutes=limits.minutes if minutes is None else minutes,
    )
    if only:
        files: Sequence[PromptFile] = [services.registry.get(ref) for ref in only]
    else:
        files, _ = services.registry.load_all()
    return Night(services, files, dry_run=dry_run)
