"""What a prompt file promises that only the workspace can tell: scorers, bars, data, parameters."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from promptops.core.canonical import JSON, digest_bytes, digest_file
from promptops.core.suggest import did_you_mean
from promptops.errors import GoldenSetError, UnknownBackendError, UnknownModelError, UsageError
from promptops.golden.case import GoldenCase
from promptops.golden.contracts import ContractReport, Violation, data_digest
from promptops.golden.fit import FIT_VERSION, Misfit, misfits
from promptops.golden.loading import read_cases
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Eval
from promptops.scoring import SCORERS, check_metric
from promptops.scoring.assertions import read_assertion
from promptops.scoring.fit import unscorable
from promptops.scoring.loading import needs_of
from promptops.tracking.evidence import Evidence
from promptops.wiring import CODE_VERSION, Services

KIND = "prompt-contract"
_SHOWN = 20
_NUMBERS = (int, float)


def check_prompts(services: Services, files: Sequence[PromptFile]) -> tuple[ContractReport, ...]:
    """A report of kind ``prompt`` for every prompt that has problems.

    Checked are the parameters of the model, the metrics and their bars, the knowledge base, and
    every golden case against the prompt's variables and output. A violation's rows are lines of
    the prompt file, or of its ``file``: a path from the workspace.
    """
    reports = []
    for file in files:
        cases, wrong = _fit(services, file)
        found = (
            *_params(file),
            *_metrics(file),
            *_judge(services, file),
            *_knowledge(services, file),
            *wrong,
        )
        if found:
            reports.append(
                ContractReport(
                    dataset=str(file.path),
                    kind="prompt",
                    checked_rows=cases,
                    violations=found,
                    digest=digest_bytes(file.text.encode()),
                )
            )
    return tuple(reports)


def _at(file: PromptFile, pointer: str, rule: str, message: str) -> Violation:
    line = file.position(pointer).line
    return Violation(rule=rule, column=pointer, rows=(line,), message=message)


def _params(file: PromptFile) -> Iterator[Violation]:
    given = [("/model/params", file.prompt.params)]
    given += [(f"/variants/{n}/params", v.params) for n, v in enumerate(file.prompt.variants)]
    for pointer, params in given:
        for name, value in params.items():
            if reason := _param_problem(name, value):
                message = f"{name} is {value!r}: {reason}"
                yield _at(file, f"{pointer}/{name}", "parameter", message)


def _param_problem(name: str, value: JSON) -> str:
    number = isinstance(value, _NUMBERS) and not isinstance(value, bool)
    if name == "max_tokens" and not (number and isinstance(value, int) and value >= 1):
        return "a whole number from 1 is needed"
    if name == "temperature" and not (number and 0 <= value <= 2):
        return "a number from 0 to 2 is needed"
    if name == "top_p" and not (number and 0 < value <= 1):
        return "a number above 0 and up to 1 is needed"
    return ""


def _metrics(file: PromptFile) -> Iterator[Violation]:
    for number, item in enumerate(file.prompt.evals):
        for name, bar in item.metrics.items():
            pointer = f"/evals/{number}/metrics/{name}"
            try:
                check_metric(name, bar)
            except (UnknownBackendError, UsageError) as problem:
                hint = f" ({problem.hint})" if problem.hint else ""
                yield _at(file, pointer, "scorer", f"{problem.message}{hint}")
                continue
            if (bar.scorer or name) not in SCORERS:
                continue
            for side, value in (("min", bar.min), ("max", bar.max)):
                if value is not None and not 0 <= value <= 1:
                    message = f"{name}: {side} is {value:g}, but a score lies between 0 and 1"
                    yield _at(file, f"{pointer}/{side}", "bar", message)


def _judge(services: Services, file: PromptFile) -> Iterator[Violation]:
    """The metrics that ask a judge, when the workspace names one that no card describes."""
    judge = services.settings.llm.judge
    if not judge:
        return
    try:
        services.catalog.get(judge)
    except UnknownModelError as problem:
        for number, item in enumerate(file.prompt.evals):
            for name, bar in item.metrics.items():
                if (bar.scorer or name) in SCORERS and "judge" in needs_of(name, bar):
                    message = f"llm.judge: {problem.message}"
                    yield _at(file, f"/evals/{number}/metrics/{name}", "judge", message)


def _knowledge(services: Services, file: PromptFile) -> Iterator[Violation]:
    retrieval = file.prompt.retrieval
    if retrieval is None or (services.workspace.kb / retrieval.kb).is_dir():
        return
    folder = services.workspace.kb
    known = [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    hint = did_you_mean(retrieval.kb, known) or f"there are: {', '.join(sorted(known)) or 'none'}"
    message = f'no knowledge base is called "{retrieval.kb}" ({hint})'
    yield _at(file, "/retrieval/kb", "knowledge-base", message)


def _fit(services: Services, file: PromptFile) -> tuple[int, tuple[Violation, ...]]:
    """How many golden cases there are, and those that do not fit."""
    checked, found = 0, []
    for number, item in enumerate(file.prompt.evals):
        if not (services.workspace.root / item.dataset).exists():
            message = f"there is no golden set {item.dataset}"
            found.append(_at(file, f"/evals/{number}/dataset", "golden-set", message))
            continue
        try:
            known = _eval_fit(services, file, item)
        except (GoldenSetError, OSError):
            continue  # the golden set's own report says what is wrong with it
        checked += known["cases"]
        found += list(_misfit_violations(item, known["misfits"]))
    return checked, tuple(found)


def _unchecked(cases: Sequence[GoldenCase]) -> Iterator[Misfit]:
    """The assertions of golden cases that the scorer would refuse."""
    for case in cases:
        for number, assertion in enumerate(case.assertions):
            try:
                read_assertion(assertion)
            except ValueError as problem:
                message = f"assert.{number}: {problem}"
                yield Misfit(line=case.line, case_id=case.id, message=message)


def _eval_fit(services: Services, file: PromptFile, item: Eval) -> Mapping[str, JSON]:
    """Cases and misfits of an eval: from the evidence when neither file has changed."""
    path = services.workspace.root / item.dataset
    subject = data_digest(path) if path.is_dir() else digest_file(path)
    inputs = {
        "contract": FIT_VERSION,
        "prompt": digest_bytes(file.text.encode()),
        "eval": item.id,
    }
    if (known := services.evidence.find(subject, KIND, inputs)) is not None:
        return dict(known.value)
    cases, _ = read_cases(path)
    found = (*misfits(file.prompt, cases, metrics=item.scorers), *_unchecked(cases))
    found = (*found, *unscorable(file.prompt, item.metrics, cases))
    value: dict[str, JSON] = {
        "cases": len(cases),
        "misfits": [[each.line, str(each)] for each in found],
    }
    services.evidence.add(
        Evidence(
            subject=subject,
            kind=KIND,
            inputs=inputs,
            value=value,
            measured_at=services.clock(),
            code_version=CODE_VERSION,
        ),
        refused=services.forgo,
    )
    return value


def _misfit_violations(item: Eval, found: Iterable[Sequence[JSON]]) -> Iterator[Violation]:
    wrong = list(found)
    for line, message in wrong[:_SHOWN]:
        yield Violation(
            rule="golden-fit", column="", rows=(line,), message=message, file=item.dataset
        )
    if (more := len(wrong) - _SHOWN) > 0:
        message = f"and {more} more like these"
        yield Violation(rule="golden-fit", column="", rows=(), message=message, file=item.dataset)
