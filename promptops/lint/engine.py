"""Run the rules over prompts.

It fails closed: a prompt that could not be read, or a rule that broke on it, is reported as
skipped, never as passed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from promptops.lint.finding import Finding, Severity
from promptops.lint.options import LintOptions
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.parsing import parse_file
from promptops.lint.report import LintReport, Skipped
from promptops.lint.rule import Rule
from promptops.lint.rules.unused_suppression import UnusedSuppression
from promptops.lint.suppression import Sifted, sift
from promptops.lint.workers import spread
from promptops.prompts.loader import PromptFile

Progress = Callable[[int, int], None]
"""Called with the number of prompts done and the total."""

_POOL_FROM = 400
_CHUNK = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The outcome for one prompt."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    suppressed: int


def lint_files(
    files: Sequence[PromptFile],
    *,
    options: LintOptions | None = None,
    unreadable: Iterable[Skipped] = (),
    workers: int = 1,
    progress: Progress | None = None,
) -> LintReport:
    """Lint loaded prompt files.

    Args:
        files: What was loaded.
        options: Rules and settings; the defaults when None.
        unreadable: Files that could not be loaded: they are reported as skipped.
        workers: Processes; a pool starts only for several hundred files, because each process
            pays its own start.
        progress: Told after each prompt, or each chunk of prompts in a pool.
    """
    settings = options or LintOptions()
    total = len(files)
    outcomes: list[Checked] = []
    if workers > 1 and total >= _POOL_FROM:
        chunks = [files[start : start + _CHUNK] for start in range(0, total, _CHUNK)]
        for found in spread(partial(_check_chunk, options=settings), chunks, workers):
            outcomes.extend(found)
            _tell(progress, len(outcomes), total)
    else:
        for file in files:
            outcomes.append(check_file(file, settings))
            _tell(progress, len(outcomes), total)
    return _report(outcomes, settings, unreadable)


def lint_prompts(
    prompts: Iterable[ParsedPrompt], *, options: LintOptions | None = None
) -> LintReport:
    """Lint prompts that are parsed already, such as bare texts (`parsing.parse_text`)."""
    settings = options or LintOptions()
    return _report([check_prompt(prompt, settings) for prompt in prompts], settings, ())


def check_file(file: PromptFile, options: LintOptions) -> Checked:
    """Parse and check one file; a failure of the parser is a skip with its reason."""
    shown = options.shown(file.path)
    try:
        prompt = parse_file(file, shown_path=shown)
    except Exception as problem:  # noqa: BLE001 - fails closed: told, never passed
        skipped = Skipped(path=shown, reason=f"could not be parsed for linting: {problem!r}")
        return Checked(findings=(), skipped=(skipped,), suppressed=0)
    return check_prompt(prompt, options)


def check_prompt(prompt: ParsedPrompt, options: LintOptions) -> Checked:
    """Run every rule that applies over one prompt, then its suppression comments."""
    found: set[Finding] = set()
    skipped = []
    rules = options.rules(prompt.path)
    for kind in rules:
        if kind.triggers and not any(word in prompt.haystack for word in kind.triggers):
            continue
        try:
            rule = kind(options.options.get(kind.code))
            found.update(_at_severity(rule.check(prompt), kind, options))
        except Exception as problem:  # noqa: BLE001 - one broken rule must not hide the others
            reason = f"rule {kind.code} failed on this prompt: {problem!r}"
            skipped.append(Skipped(path=prompt.path, reason=reason))
    sifted = sift(prompt, sorted(found, key=lambda finding: finding.order))
    kept = (*sifted.kept, *_idle_comments(prompt, sifted, rules, options))
    return Checked(findings=kept, skipped=tuple(skipped), suppressed=sifted.suppressed)


def _idle_comments(
    prompt: ParsedPrompt, sifted: Sifted, rules: Sequence[type[Rule]], options: LintOptions
) -> Iterable[Finding]:
    if not sifted.idle or UnusedSuppression not in rules:
        return ()
    active = {name for rule in rules for name in (rule.code, rule.code[:3], rule.name)}
    found = UnusedSuppression().report(prompt, sifted.idle, active)
    return _at_severity(found, UnusedSuppression, options)


def _at_severity(
    findings: Iterable[Finding], rule: type[Rule], options: LintOptions
) -> Iterable[Finding]:
    level: Severity | None = options.severity.get(rule.code)
    if level is None:
        return findings
    return [replace(finding, severity=level) for finding in findings]


def _check_chunk(files: Sequence[PromptFile], options: LintOptions) -> list[Checked]:
    return [check_file(file, options) for file in files]


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)


def _report(
    outcomes: Sequence[Checked], options: LintOptions, unreadable: Iterable[Skipped]
) -> LintReport:
    findings = sorted(
        (finding for outcome in outcomes for finding in outcome.findings),
        key=lambda finding: finding.order,
    )
    skipped = [*unreadable, *(item for outcome in outcomes for item in outcome.skipped)]
    return LintReport(
        findings=tuple(findings),
        checked=len(outcomes),
        skipped=tuple(sorted(skipped, key=lambda item: (item.path, item.reason))),
        suppressed=sum(outcome.suppressed for outcome in outcomes),
        fail_on=options.fail_on,
    )
