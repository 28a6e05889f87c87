"""Put the checks to a judge, and keep what its draws agree on.

It fails closed: what could not be judged (no model, no budget, a prompt over the context, answers
that make no sense) is reported as skipped with the reason, never as passed.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import anyio

from promptops.core.canonical import JSON, canonical_json
from promptops.errors import (
    BudgetExceededError,
    MissingKeyError,
    ModelNotInstalledError,
    PromptOpsError,
    UnknownModelError,
)
from promptops.lint.finding import Finding, Severity
from promptops.lint.judge.agreement import DRAWS, QUORUM, agreed
from promptops.lint.judge.calibration import (
    Calibration,
    load_calibration,
    protocol_for,
    severity_for,
    unable,
    unmeasured,
)
from promptops.lint.judge.checks import CHECKS, Check
from promptops.lint.judge.protocols import (
    PROTOCOLS,
    REVISION,
    Ask,
    Evidence,
    ProtocolName,
    UnusableError,
    unseen,
)
from promptops.lint.judge.shown import Shown
from promptops.lint.judge.verdict import Verdict, Verdicts, finding
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.report import Skipped
from promptops.lint.suppression import sift
from promptops.lint.text import estimated_tokens
from promptops.llm.chat import Chat, ChatRequest, Completion, Message
from promptops.llm.embedded.weights import is_embedded
from promptops.llm.metered import Budget

Progress = Callable[[int, int], None]
"""Told how many questions (a check of a wording) are settled, and of how many."""

_ANSWER_TOKENS: Mapping[ProtocolName, int] = {"quote": 2000, "choose": 24, "sentence": 16}
_FRAME_TOKENS = 500  # definition, notes and question around a prompt

# What every further question would meet as well.
_FATAL = (BudgetExceededError, MissingKeyError, ModelNotInstalledError, UnknownModelError)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOptions:
    """How to judge.

    Args:
        protocol: How to ask; as calibrated when None.
        force: Judge also what the model is measured to be unable to.
        concurrency: Questions at once.
        context: Tokens that a prompt and its answer share in the model; None when not known.
        fingerprint: What identifies the weights behind the model's id.
        calibration: Measured agreements; those of the package when None.
        today: The day by which suppression comments expire; with None none does.
    """

    protocol: ProtocolName | None = None
    force: bool = False
    concurrency: int = 4
    context: int | None = None
    fingerprint: str = ""
    calibration: Calibration | None = None
    today: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeReport:
    """What a judge found, and what it could not judge.

    ``calls`` and the tokens, USD and seconds are those of calls made now; ``known`` counts the
    questions whose verdict was kept from before. ``suppressed`` counts findings that comments
    allow, ``unmeasured`` names checks whose agreement with labels is not known for this model.
    """

    model: str
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    suppressed: int = 0
    calls: int = 0
    cached_calls: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0
    questions: int = 0
    known: int = 0
    unmeasured: tuple[str, ...] = ()

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name; nothing that differs from run to run on the same answers."""
        return {
            "model": self.model,
            "findings": [each.to_json() for each in self.findings],
            "skipped": [{"path": each.path, "reason": each.reason} for each in self.skipped],
            "suppressed": self.suppressed,
            "questions": self.questions,
            "unmeasured": list(self.unmeasured),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One check of one wording."""

    prompt: ParsedPrompt
    shown: Shown
    check: Check
    protocol: ProtocolName
    severity: Severity


@dataclass(slots=True)
class _Run:
    """The shared state of the workers."""

    chat: Chat
    model: str
    options: JudgeOptions
    budget: Budget | None
    verdicts: Verdicts | None
    answers: list[Verdict | str | None]
    total: int
    progress: Progress | None
    spent: list[Completion] = field(default_factory=list)
    done: int = 0
    known: int = 0
    stopped: str = ""


async def run_checks(
    prompts: Sequence[ParsedPrompt],
    chat: Chat | None,
    *,
    model: str,
    checks: Sequence[Check] = tuple(CHECKS.values()),
    budget: Budget | None = None,
    options: JudgeOptions | None = None,
    verdicts: Verdicts | None = None,
    progress: Progress | None = None,
) -> JudgeReport:
    """Judge every wording of every prompt by every check.

    Args:
        prompts: Parsed prompts.
        chat: Answers requests; its cache makes an unchanged prompt free. None: everything is
            skipped.
        model: The judge's model id.
        checks: What to ask.
        budget: What calls may cost; answers from the cache are free.
        options: How to judge.
        verdicts: Where conclusions are found and kept; None asks the model (or its cache) again.
        progress: Told after each question.
    """
    settings = options or JudgeOptions()
    calibration = settings.calibration if settings.calibration is not None else load_calibration()
    skipped, able = _able(model, chat, checks, settings, calibration)
    questions = [
        _Question(
            prompt=prompt,
            shown=shown,
            check=check,
            protocol=settings.protocol or protocol_for(model, check, calibration),
            severity=severity_for(model, check, calibration),
        )
        for prompt in prompts
        for shown in (Shown.of(wording.messages) for wording in prompt.wordings)
        for check in able
    ]
    if chat is None or not questions:
        return JudgeReport(model=model, findings=(), skipped=tuple(skipped))
    run = _Run(
        chat=chat,
        model=model,
        options=settings,
        budget=budget,
        verdicts=verdicts,
        answers=[None] * len(questions),
        total=len(questions),
        progress=progress,
    )
    queue = iter(enumerate(questions))

    async def work() -> None:
        for place, question in queue:
            run.answers[place] = await _settle(run, question)
            run.done += 1
            if progress is not None:
                progress(run.done, run.total)

    async with anyio.create_task_group() as group:
        for _ in range(max(1, min(settings.concurrency, len(questions)))):
            group.start_soon(work)
    return _report(run, questions, skipped, unmeasured(model, able, calibration))


def _able(
    model: str,
    chat: Chat | None,
    checks: Sequence[Check],
    options: JudgeOptions,
    calibration: Calibration,
) -> tuple[list[Skipped], list[Check]]:
    skipped, able = [], []
    for check in checks:
        reason = "no model is at hand" if chat is None else ""
        if not reason and not options.force:
            reason = unable(model, check, calibration)
        if reason:
            skipped.append(Skipped(path=model, reason=f"{check.code} {check.name}: {reason}"))
        else:
            able.append(check)
    return skipped, able


async def _settle(run: _Run, question: _Question) -> Verdict | str:
    """The verdict, or why there is none."""
    check, shown = question.check, question.shown
    inputs = _inputs(run, question)
    if run.verdicts is not None:
        kept = run.verdicts.find(shown.digest, inputs)
        verdict = None if kept is None else Verdict.read(kept, check, shown)
        if verdict is not None:
            run.known += 1
            return verdict
    if run.stopped:
        return run.stopped
    if reason := _too_long(run, question):
        return reason
    try:
        verdict = await _verdict(run, question)
    except _FATAL as problem:
        run.stopped = problem.message
        return problem.message
    except PromptOpsError as problem:
        return problem.message
    except UnusableError as problem:
        return f"the judge's answers could not be used ({problem})"
    if run.verdicts is not None:
        run.verdicts.keep(shown.digest, inputs, verdict.to_json())
    return verdict


def _inputs(run: _Run, question: _Question) -> dict[str, str]:
    """What a verdict depends on beside the wording: the key under which it is kept."""
    params = canonical_json(_params(run.model, question.protocol, 0)).decode()
    return {
        "check": f"{question.check.code}@{question.check.version}",
        "model": run.model,
        "fingerprint": run.options.fingerprint,
        "protocol": f"{question.protocol}@{REVISION}",
        "params": params,
        "draws": f"{QUORUM} of {DRAWS}",
    }


def _too_long(run: _Run, question: _Question) -> str:
    """Why a prompt does not fit the model's context, by estimate; "" when it may."""
    if run.options.context is None or question.protocol == "sentence":
        return ""
    needed = estimated_tokens(question.shown.page()) + _FRAME_TOKENS
    if needed <= run.options.context:
        return ""
    return f"about {needed} tokens do not fit the model's context of {run.options.context}"


async def _verdict(run: _Run, question: _Question) -> Verdict:
    draws: list[list[Evidence]] = []
    trouble: UnusableError | None = None
    ask_all = PROTOCOLS[question.protocol]
    for number in range(DRAWS):
        ask = _asking(run, question, number)
        try:
            draws.append(await ask_all(ask, question.check, question.shown, number))
        except UnusableError as problem:
            trouble = problem
    if trouble is not None and len(draws) < QUORUM:
        raise trouble
    return Verdict(agreed(draws))


def _asking(run: _Run, question: _Question, number: int) -> Ask:
    async def ask(messages: Sequence[Message], schema: Mapping[str, JSON]) -> Any:
        request = ChatRequest(
            model=run.model,
            messages=tuple(messages),
            params=_params(run.model, question.protocol, number),
            response_schema=schema,
            repeat=number,
        )
        completion = await _complete(run, request)
        try:
            return json.loads(completion.text)
        except ValueError as problem:
            raise UnusableError(
                "an answer was cut off" if completion.finish_reason == "length" else "no JSON"
            ) from problem

    return ask


def _params(model: str, protocol: ProtocolName, number: int) -> dict[str, JSON]:
    """Sampling parameters of a draw.

    Hosted models draw at their own default: several refuse any other temperature.
    """
    params: dict[str, JSON] = {"max_tokens": _ANSWER_TOKENS[protocol]}
    if is_embedded(model):
        params |= {"temperature": 0 if protocol == "sentence" else 0.7, "seed": number}
        params["max_tokens"] = min(_ANSWER_TOKENS[protocol], 256)
    return params


async def _complete(run: _Run, request: ChatRequest) -> Completion:
    """One call within the budget; what the cache knew is given back."""
    if run.budget is not None:
        run.budget.reserve()
    try:
        completion = await run.chat.complete(request)
    except BaseException:
        if run.budget is not None:
            run.budget.give_back()
        raise
    if run.budget is not None and completion.cached:
        run.budget.give_back()
    elif run.budget is not None:
        run.budget.charge(completion.cost_usd)
    run.spent.append(completion)
    return completion


def _report(
    run: _Run, questions: Sequence[_Question], skipped: list[Skipped], uncalibrated: tuple[str, ...]
) -> JudgeReport:
    found: dict[int, list[Finding]] = {}
    prompts: dict[int, ParsedPrompt] = {}
    lost: dict[tuple[str, str], list[str]] = {}
    for question, answer in zip(questions, run.answers, strict=True):
        path, check = question.prompt.path, question.check
        if isinstance(answer, Verdict):
            found.setdefault(id(question.prompt), []).extend(
                finding(check, question.prompt, question.shown, piece, severity=question.severity)
                for piece in answer.evidence
            )
            prompts[id(question.prompt)] = question.prompt
            reason = unseen(question.protocol, check, question.shown)
        else:
            reason = answer or "it was not reached"
        if reason:
            lost.setdefault((path, reason), []).append(check.code)
    kept: list[Finding] = []
    suppressed = 0
    for key, findings in found.items():
        ordered = sorted(set(findings), key=lambda each: each.order)
        sifted = sift(prompts[key], ordered, today=run.options.today)
        kept += sifted.kept
        suppressed += sifted.suppressed
    for (path, reason), codes in sorted(lost.items()):
        names = ", ".join(dict.fromkeys(codes))
        skipped.append(Skipped(path=path, reason=f"{names}: {reason}"))
    made = [each for each in run.spent if not each.cached]
    return JudgeReport(
        model=run.model,
        findings=tuple(sorted(kept, key=lambda each: each.order)),
        skipped=tuple(skipped),
        suppressed=suppressed,
        calls=len(made),
        cached_calls=len(run.spent) - len(made),
        tokens=sum(each.usage.input_tokens + each.usage.output_tokens for each in made),
        cost_usd=sum(each.cost_usd for each in made),
        seconds=sum(each.latency_ms for each in made) / 1000,
        questions=len(questions),
        known=run.known,
        unmeasured=uncalibrated,
    )
