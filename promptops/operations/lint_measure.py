"""Prove that a finding matters: a prompt's golden-set score with the defect against without it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.core.statistics import Interval
from promptops.errors import UsageError
from promptops.evaluation.comparison import ALPHA, compare
from promptops.evaluation.target import Target
from promptops.lint.finding import Finding
from promptops.lint.fixes import fix_text, is_applicable
from promptops.lint.options import LintOptions
from promptops.lint.parsing import parse_file
from promptops.lint.rule import Rule
from promptops.operations.evaluation import Measured, default_target, evaluate_prompt
from promptops.operations.lint_wordings import left_out, short, with_example
from promptops.operations.linting import lint_options
from promptops.prompts.digests import variant_digest
from promptops.prompts.loader import PromptFile, parse_prompt
from promptops.wiring import Services

Progress = Callable[[int, int], None]

RAISES, LOWERS, NONE_SEEN = (
    "removing it raises the score",
    "removing it lowers the score",
    "no effect seen",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """The score of a prompt with a finding against without it, on the same golden cases.

    Args:
        code: The rule.
        name: Its name.
        prompt_id: The prompt.
        target: Model and variant that were measured.
        metric: The score.
        how: How the two wordings differ, in words.
        planted: Whether the prompt lacked the finding, so that the rule's own example was added.
        with_score: Mean score with the finding and its 95 % interval.
        without_score: The same without.
        difference: Mean paired difference, without - with, and its 95 % interval.
        p_value: Exact two-sided p-value that there is no difference.
        cases: Golden cases that both have a score for.
        mde: The difference that so many cases would show with 80 % power.
        verdict: What follows, in words.
        calls: Model calls that were paid for now.
    """

    code: str
    name: str
    prompt_id: str
    target: str
    metric: str
    how: str
    planted: bool
    with_score: Interval
    without_score: Interval
    difference: Interval
    p_value: float
    cases: int
    mde: float
    verdict: str
    calls: int

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name; what was paid for is left out, for it differs from run to run."""
        return {
            "code": self.code,
            "name": self.name,
            "prompt_id": self.prompt_id,
            "target": self.target,
            "metric": self.metric,
            "how": self.how,
            "planted": self.planted,
            "with_score": self.with_score.to_json(),
            "without_score": self.without_score.to_json(),
            "difference": self.difference.to_json(),
            "p_value": self.p_value,
            "cases": self.cases,
            "mde": self.mde,
            "verdict": self.verdict,
        }

    def to_text(self) -> str:
        """The measurement for people, five lines."""
        gap = self.difference
        change = f"{gap.estimate:+.2f} [{gap.low:+.2f}, {gap.high:+.2f}]"
        measured = f"{self.metric} of {self.target} on {self.cases} cases"
        lines = (
            f"{self.code} {self.name} in {self.prompt_id}: {measured}",
            f"  with the finding  {self.with_score}",
            f"  without it        {self.without_score}  ({self.how})",
            f"  difference        {change}  exact p {self.p_value:.3g}",
            f"  {self.verdict}",
        )
        return "\n".join(lines)


def measure_finding(
    services: Services,
    file: PromptFile,
    code: str,
    *,
    options: LintOptions | None = None,
    target: Target | None = None,
    eval_id: str | None = None,
    progress: Progress | None = None,
) -> Measurement:
    """Score a prompt with and without what a rule finds in it.

    Without: the rule's fixes applied, unsafe ones too; for a rule without a fix the sentence of
    each finding is left out, or the smallest part of it when the sentence is all there is. A
    prompt without the finding is measured as it is and with the rule's bad example added.

    Args:
        services: The workspace; its evidence is asked first.
        file: The prompt.
        code: The rule's code or name.
        options: Rules and settings; those of the workspace when None.
        target: What to run on; the workspace's model with the prompt's own wording when None.
        eval_id: Which golden set; the first when None.
        progress: Told after every case of each of the two runs.

    Raises:
        SettingsError: No such rule.
        UsageError: The rule says nothing that a score could depend on here.
        PromptOpsError: The prompt cannot be measured.
    """
    settings = (options or lint_options(services)).narrowed(select=[code], where="--measure")
    rule = _one_rule(settings, code)
    goal = target or default_target(services)
    findings = _findings(settings, rule, file, goal.variant)
    if findings:
        defective, (clean, how) = file, _without(settings, rule, file, findings, goal.variant)
    else:
        clean, (defective, how) = file, _planted(settings, rule, file, goal.variant)
    if variant_digest(clean.prompt, goal.variant) == variant_digest(defective.prompt, goal.variant):
        raise UsageError(
            f"{rule.code} {rule.name}: its fix changes nothing that the model sees",
            where=str(file.path),
        )
    bad, good = (
        evaluate_prompt(services, each, target=goal, eval_id=eval_id, progress=progress)
        for each in (defective, clean)
    )
    seed = services.settings.general.seed
    return _measurement(rule, bad, good, how=how, planted=not findings, seed=seed)


def _measurement(
    rule: type[Rule], bad: Measured, good: Measured, *, how: str, planted: bool, seed: int
) -> Measurement:
    compared = compare(bad.evaluation, good.evaluation, bad.metric, seed=seed)
    return Measurement(
        code=rule.code,
        name=rule.name,
        prompt_id=bad.evaluation.prompt_id,
        target=bad.evaluation.target.name,
        metric=bad.metric,
        how=how,
        planted=planted,
        with_score=bad.score,
        without_score=good.score,
        difference=compared.difference,
        p_value=compared.p_value,
        cases=compared.pairs,
        mde=compared.mde,
        verdict=_verdict(compared.difference, compared.p_value, compared.pairs, compared.mde),
        calls=bad.evaluation.calls + good.evaluation.calls,
    )


def _verdict(difference: Interval, p_value: float, cases: int, mde: float) -> str:
    proven = p_value / 2 < ALPHA
    if difference.low > 0 and proven:
        return RAISES
    if difference.high < 0 and proven:
        return LOWERS
    if difference.low <= 0 <= difference.high:
        why = "the interval includes 0"
    else:
        why = "the exact test does not confirm the interval"
    return f"{NONE_SEEN} ({why}; {cases} cases show differences from {mde:.2f})"


def _one_rule(settings: LintOptions, code: str) -> type[Rule]:
    kinds = [settings.catalog[each] for each in sorted(settings.selected)]
    if len(kinds) != 1:
        raise UsageError(
            f'"{code}" stands for {len(kinds)} rules that run here',
            hint="name one rule by its code, such as AMB001, that lint.toml does not ignore",
        )
    if kinds[0].needs_project:
        raise UsageError(f"{code} speaks about prompts together, not about one wording")
    return kinds[0]


def _findings(
    settings: LintOptions, rule: type[Rule], file: PromptFile, variant: str | None
) -> list[Finding]:
    """What the rule finds in one wording, also where a comment allows it, in order."""
    prompt = parse_file(file, shown_path=settings.shown(file.path))
    made = rule(settings.options.get(rule.code), today=settings.today)
    found = {each for each in made.check(prompt) if each.variant == variant}
    return sorted(found, key=lambda each: each.order)


def _without(
    settings: LintOptions,
    rule: type[Rule],
    file: PromptFile,
    findings: Sequence[Finding],
    variant: str | None,
) -> tuple[PromptFile, str]:
    """The prompt without the findings, and how that was done."""
    fixable = [each for each in findings if is_applicable(each, unsafe=True)]
    if fixable:
        fixed = fix_text(file.text, fixable, unsafe=True)
        if not fixed.applied:
            raise UsageError(
                f"the fix of {rule.code} cannot be applied: {fixed.refused[0].reason}",
                where=str(file.path),
            )
        titles = "; ".join(dict.fromkeys(each.fix.title for each in fixed.applied if each.fix))
        better, how = parse_prompt(fixed.text, file.path), f"fix applied: {titles}"
    else:
        better, how = left_out(file, findings, variant)
    if len(_findings(settings, rule, better, variant)) >= len(findings):
        raise UsageError(
            f"{rule.code} {rule.name} still finds the same after this: {how}", where=str(file.path)
        )
    return better, how


def _planted(
    settings: LintOptions, rule: type[Rule], file: PromptFile, variant: str | None
) -> tuple[PromptFile, str]:
    """The prompt with the rule's bad example added to its instructions, and how."""
    cannot = f"{rule.code} {rule.name} finds nothing in {file.prompt.id}, and its example"
    speaks_of_text = bool(rule.triggers or rule.shapes) and not rule.needs_file
    worse = with_example(file, rule.bad, variant) if speaks_of_text else None
    if worse is None:
        raise UsageError(
            f"{cannot} is not running text that could be added",
            where=str(file.path),
            hint="measure a prompt that has the finding",
        )
    if not _findings(settings, rule, worse, variant):
        raise UsageError(
            f"{cannot} is no defect beside the rest of this prompt",
            where=str(file.path),
            hint="measure a prompt that has the finding",
        )
    return worse, f'the example of the rule was added: "{short(rule.bad)}"'
