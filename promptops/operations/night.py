"""Gather what the steps of one night find, into its report."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from promptops.errors import PromptOpsError
from promptops.lint.finding import Severity
from promptops.lint.report import LintReport
from promptops.prompts.digests import semantic_digest
from promptops.prompts.registry import PromptFile
from promptops.reporting.night import (
    ErrorRow,
    FindingRow,
    NightReport,
    PromptRow,
    Spent,
    StepRow,
)
from promptops.wiring import CODE_VERSION, Services

_FINDINGS_SHOWN = 60


class Night:
    """One night's notebook. Not shared between threads: the flow alone writes in it."""

    def __init__(self, services: Services, *, dry_run: bool = False) -> None:
        """Begin the night now."""
        self._services = services
        self._started: datetime = services.clock()
        self._steps: list[StepRow] = []
        self._errors: list[ErrorRow] = []
        self._rows: dict[str, PromptRow] = {}
        self._parts: dict[str, object] = {}
        self.dry_run = dry_run

    @contextmanager
    def step(self, name: str) -> Iterator["Step"]:
        """Time a step; an error in it is noted and the night goes on."""
        step = Step()
        start = time.perf_counter()
        try:
            yield step
        except PromptOpsError as problem:
            step.status = "failed"
            self.failed(name, "", problem)
        finally:
            self._steps.append(
                StepRow(
                    name=name,
                    status=step.status,
                    seconds=round(time.perf_counter() - start, 3),
                    note=step.note,
                )
            )

    def failed(self, step: str, subject: str, problem: BaseException) -> None:
        """Note what failed; the prompt concerned shows it."""
        message = str(problem) or type(problem).__name__
        self._errors.append(ErrorRow(step=step, subject=subject, message=message))
        if subject in self._rows and step in ("evaluate", "contracts"):
            self.update(subject, verdict="failed", reason=message)

    def begin(self, files: Sequence[PromptFile]) -> None:
        """The prompts of this night."""
        for file in files:
            prompt = file.prompt
            self._rows[prompt.id] = PromptRow(
                id=prompt.id,
                area=self._services.registry.area(file),
                title=prompt.title,
                version=prompt.version,
                digest=semantic_digest(prompt),
            )

    def row(self, prompt_id: str) -> PromptRow:
        """What is known of a prompt so far."""
        return self._rows[prompt_id]

    def update(self, prompt_id: str, **changes: object) -> None:
        """Note something about a prompt."""
        self._rows[prompt_id] = replace(self._rows[prompt_id], **changes)  # type: ignore[arg-type]

    def keep(self, **parts: object) -> None:
        """Keep whole parts of the report by their field names."""
        self._parts.update(parts)

    def linted(self, report: LintReport) -> None:
        """Note the findings, the worst first."""
        for prompt_id, found in report.by_prompt().items():
            if prompt_id in self._rows:
                counts = [sum(f.severity is level for f in found) for level in Severity]
                by_level = dict(zip(Severity, counts, strict=True))
                self.update(
                    prompt_id,
                    errors=by_level[Severity.ERROR],
                    warnings=by_level[Severity.WARNING],
                    infos=by_level[Severity.INFO],
                )
        for item in report.skipped:
            self._errors.append(ErrorRow(step="lint", subject=item.path, message=item.reason))
        worst = sorted(report.findings, key=lambda f: f.severity.rank)[:_FINDINGS_SHOWN]
        self.keep(
            findings=tuple(
                FindingRow(
                    code=f.code,
                    severity=str(f.severity),
                    message=f.message,
                    path=str(f.path),
                    line=f.line,
                    column=f.column,
                )
                for f in worst
            )
        )

    def report(self) -> NightReport:
        """The report as it stands."""
        meter = self._services.meter.snapshot()
        return NightReport(
            workspace=self._services.settings.general.name,
            started_at=self._started,
            finished_at=self._services.clock(),
            code_version=CODE_VERSION,
            model=self._services.settings.llm.model,
            dry_run=self.dry_run,
            spent=Spent(
                calls=meter.calls,
                cached=meter.cached_calls,
                input_tokens=meter.input_tokens,
                output_tokens=meter.output_tokens,
                usd=meter.cost_usd,
            ),
            steps=tuple(self._steps),
            prompts=tuple(self._rows.values()),
            errors=tuple(self._errors),
            **self._parts,  # type: ignore[arg-type]
        )


class Step:
    """What a step says of itself: a status and a note."""

    def __init__(self) -> None:
        """Begin as done; the block says otherwise."""
        self.status = "done"
        self.note = ""
