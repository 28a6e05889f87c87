"""Let a model judge prompts: the checks that need a reader."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import anyio

from promptops.core.canonical import JSON
from promptops.core.suggest import did_you_mean
from promptops.errors import SettingsError, UnknownModelError
from promptops.lint.judge import CHECKS, Check, JudgeOptions, JudgeReport, run_checks
from promptops.lint.judge.calibration import describe, load_calibration
from promptops.lint.judge.protocols import ProtocolName
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.parsing import parse_file
from promptops.lint.report import Skipped
from promptops.llm.embedded.weights import is_embedded
from promptops.llm.metered import Budget
from promptops.operations.judge_permission import kept_back
from promptops.operations.linting import Progress, lint_options
from promptops.prompts.loader import PromptFile
from promptops.tracking.evidence import Evidence
from promptops.wiring import CODE_VERSION, Services

EVIDENCE_KIND = "judge"


class EvidenceVerdicts:
    """Verdicts kept as evidence about the digest of a wording."""

    def __init__(self, services: Services) -> None:
        """Use the workspace's evidence and clock."""
        self._services = services

    def find(self, subject: str, inputs: Mapping[str, str]) -> JSON | None:
        """The verdict measured from exactly these inputs, or None."""
        known = self._services.evidence.find(subject, EVIDENCE_KIND, inputs)
        return None if known is None else known.value

    def keep(self, subject: str, inputs: Mapping[str, str], value: JSON) -> None:
        """Add a verdict."""
        self._services.evidence.add(
            Evidence(
                subject=subject,
                kind=EVIDENCE_KIND,
                inputs=inputs,
                value=value,
                measured_at=self._services.clock(),
                code_version=CODE_VERSION,
            )
        )


def judge_prompts(
    services: Services,
    prompts: Sequence[ParsedPrompt],
    *,
    model: str | None = None,
    checks: Sequence[Check] = tuple(CHECKS.values()),
    budget: Budget | None = None,
    force: bool = False,
    protocol: ProtocolName | None = None,
    progress: Progress | None = None,
) -> JudgeReport:
    """Judge parsed prompts, asking the evidence and the answer cache before the model.

    Nothing is raised for what a model cannot do: it is reported as skipped, with the reason. So is
    a prompt whose data the model must not see (`kept_back`); no call is made for it.

    Args:
        services: The workspace.
        prompts: What to judge.
        model: The judge, any LiteLLM id; the workspace's model when None.
        checks: What to ask; see `choose_checks`.
        budget: What calls may cost; known answers are free.
        force: Judge also what the model is measured to be unable to.
        protocol: How to ask; as calibrated when None.
        progress: Told after each question.
    """
    judge = model or services.settings.llm.model
    llm = services.settings.llm
    options = JudgeOptions(
        protocol=protocol,
        force=force,
        concurrency=llm.embedded_concurrency if is_embedded(judge) else llm.concurrency,
        context=_context(services, judge),
        fingerprint=services.fingerprint(judge),
        today=services.clock().date(),
    )
    secret = kept_back(services, prompts, judge)
    run = partial(
        run_checks,
        [prompt for place, prompt in enumerate(prompts) if place not in secret],
        services.chat,
        model=judge,
        checks=checks,
        budget=budget,
        options=options,
        verdicts=EvidenceVerdicts(services),
        progress=progress,
    )
    with services.turn():
        report = anyio.run(run)
    refused = (
        Skipped(path=prompts[place].path, reason=f"LLM: {judge} must not be shown this: {reason}")
        for place, reason in secret.items()
    )
    return replace(report, skipped=(*report.skipped, *refused))


def judge_files(
    services: Services,
    files: Iterable[PromptFile],
    *,
    model: str | None = None,
    checks: Sequence[Check] = tuple(CHECKS.values()),
    budget: Budget | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> JudgeReport:
    """Judge loaded prompt files; see `judge_prompts`."""
    options = lint_options(services)
    prompts = [parse_file(file, shown_path=options.shown(file.path)) for file in files]
    return judge_prompts(
        services,
        prompts,
        model=model,
        checks=checks,
        budget=budget,
        force=force,
        progress=progress,
    )


def agreement_of(model: str, checks: Iterable[Check]) -> str:
    """What is measured of a model's agreement with labels, check by check."""
    known = load_calibration()
    return "; ".join(describe(model, check, known) for check in checks)


def choose_checks(names: Iterable[str], *, where: str = "--llm") -> tuple[Check, ...]:
    """Checks by code or name, every one for no name or ``LLM``, in the order of their codes.

    Raises:
        SettingsError: No check is called so.
    """
    wanted = list(names)
    by_name = {name: check for check in CHECKS.values() for name in (check.code, check.name)}
    chosen: set[str] = set()
    for name in wanted:
        if name == "LLM":
            chosen |= set(CHECKS)
        elif name in by_name:
            chosen.add(by_name[name].code)
        else:
            raise SettingsError(
                f'no LLM check is called "{name}"',
                where=where,
                hint=did_you_mean(name, by_name) or f"known: {', '.join(CHECKS)}",
            )
    return tuple(check for code, check in CHECKS.items() if not wanted or code in chosen)


def _context(services: Services, model: str) -> int | None:
    """Tokens that a prompt and its answer share; None when no card says."""
    if is_embedded(model):
        return services.settings.llm.context
    try:
        return services.catalog.get(model).context
    except UnknownModelError:
        return None
