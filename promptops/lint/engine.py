"""Run the rules over prompts.

It fails closed: a prompt that could not be read, or a rule that broke on it, is reported as
skipped, never as passed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from promptops.lint.finding import Finding, Severity
from promptops.lint.fixable import as_fixable
from promptops.lint.options import LintOptions
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.parsing import parse_file, parse_text
from promptops.lint.pattern_set import PatternSet
from promptops.lint.prefilter import Prefilter
from promptops.lint.report import Skipped
from promptops.lint.rule import Rule, group_of
from promptops.lint.rules.unused_suppression import UnusedSuppression
from promptops.lint.sieve import folded, sieve_of
from promptops.lint.suppression import Sifted, sift
from promptops.prompts.loader import PromptFile

Cell = tuple[int, str]
"""A row of a table, from 1, and the text that stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The outcome for one prompt, or for several of one chunk (``prompts`` of them)."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    suppressed: int
    prompts: int = 1


_MISSED = 15_000
"""Texts. To sift so many saves what compiling the sieves takes, two thirds of a second."""

NOTHING = Checked(findings=(), skipped=(), suppressed=0)


class Linter:
    """The rules of some options, made ready once for many prompts.

    Args:
        options: Rules and settings; the defaults when None.
    """

    def __init__(self, options: LintOptions | None = None) -> None:
        """Take the options; a path's rules are compiled when they are first needed."""
        self.options = options or LintOptions()
        self._everywhere = () if self.options.per_path else self.options.rules()
        self._plans: dict[tuple[tuple[type[Rule], ...], bool], _Plan] = {}
        self._everywhere_plans: dict[bool, _Plan] = {}

    def check(self, prompt: ParsedPrompt) -> Checked:
        """Run every rule that applies over one prompt, then its suppression comments."""
        prompt.dialects = self.options.dialects
        plan = self._plan(prompt.path, bare=prompt.prompt is None)
        candidates, absent = plan.concerned(prompt.text)
        for message in prompt.messages:
            message.absent = absent
        return self._check(prompt, plan, plan.prefilter.always | candidates)

    def _check(self, prompt: ParsedPrompt, plan: "_Plan", candidates: Iterable[int]) -> Checked:
        found: set[Finding] = set()
        skipped = []
        for number in sorted(candidates):
            rule = plan.rules[number]
            try:
                found.update(self._at_severity(rule.check(prompt), rule.code))
            except Exception as problem:  # noqa: BLE001 - one broken rule must not hide the others
                reason = f"rule {rule.code} failed on this prompt: {problem!r}"
                skipped.append(Skipped(path=prompt.path, reason=reason))
        if any(finding.fix is not None for finding in found):
            found = set(as_fixable(prompt, found))
        sifted = sift(
            prompt, sorted(found, key=lambda finding: finding.order), today=self.options.today
        )
        kept = (*sifted.kept, *self._idle_comments(prompt, sifted, plan))
        if not (kept or skipped or sifted.suppressed):
            return NOTHING  # one object, so that it travels from a worker once
        return Checked(findings=kept, skipped=tuple(skipped), suppressed=sifted.suppressed)

    def check_file(self, file: PromptFile) -> Checked:
        """Parse and check one file; a failure of the parser is a skip with its reason."""
        shown = self.options.shown(file.path)
        try:
            prompt = parse_file(file, shown_path=shown)
        except Exception as problem:  # noqa: BLE001 - fails closed: told, never passed
            reason = f"could not be parsed for linting: {problem!r}"
            return replace(NOTHING, skipped=(Skipped(path=shown, reason=reason),))
        return self.check(prompt)

    def check_text(self, text: str, *, path: str, row: int | None = None) -> Checked:
        """Check a bare text; one that concerns no rule is not even parsed.

        Comments in it allow nothing: a collection from outside does not judge itself.
        """
        plan = self._plan(path, bare=True)
        candidates, absent = plan.concerned(text)
        candidates.update(number for number, concerns in plan.asked if concerns(text))
        if not candidates:
            return NOTHING
        prompt = parse_text(text, path=path, row=row)
        prompt.comments = ()
        prompt.messages[0].absent = absent
        return self._check(prompt, plan, candidates)

    def prepare(self) -> None:
        """Compile now all that checking bare texts looks up; worth it before many thousands.

        Raises:
            ValueError: A pattern of a custom rule that cannot be compiled.
        """
        self._plan("", bare=True).prepare()

    def pattern_sets(self) -> list[PatternSet]:
        """What checking the first bare text needs compiled, the slowest to compile first.

        Of the rules that hold where no path has settings of its own.
        """
        sets = self._plan("", bare=True).prefilter.sets
        return sorted(sets, key=lambda each: each.size, reverse=True)

    def check_cells(self, cells: Iterable[Cell], *, path: str) -> Checked:
        """Check rows of a table, as one outcome."""
        return joined(self.check_text(text, path=path, row=row) for row, text in cells)

    def _plan(self, path: str, *, bare: bool) -> "_Plan":
        # Without settings for paths, the rules are the same for all.
        plan = self._everywhere_plans.get(bare)
        if plan is None:
            kinds = self._everywhere or self.options.rules(path)
            plan = self._plans.get((kinds, bare))
            if plan is None:
                plan = self._plans[kinds, bare] = _Plan(kinds, self.options, bare=bare)
            if not self.options.per_path:
                self._everywhere_plans[bare] = plan
        return plan

    def _idle_comments(
        self, prompt: ParsedPrompt, sifted: Sifted, plan: "_Plan"
    ) -> Iterable[Finding]:
        if not sifted.idle or UnusedSuppression not in plan.kinds:
            return ()
        active = {
            name for kind in plan.kinds for name in (kind.code, group_of(kind.code), kind.name)
        }
        found = UnusedSuppression().report(prompt, sifted.idle, active, self._known)
        return self._at_severity(found, UnusedSuppression.code)

    @cached_property
    def _known(self) -> frozenset[str]:
        """Every code, group and name that a comment may speak of; of the LLM checks too."""
        from promptops.lint.judge.checks import CHECKS

        named = [(rule.code, rule.name) for rule in self.options.catalog.values()]
        named += [(check.code, check.name) for check in CHECKS.values()]
        return frozenset(word for code, name in named for word in (code, group_of(code), name))

    def _at_severity(self, findings: Iterable[Finding], code: str) -> Iterable[Finding]:
        level: Severity | None = self.options.severity.get(code)
        if level is None:
            return findings
        return [replace(finding, severity=level) for finding in findings]


class _Plan:
    """The rules for a path, each made once, behind their prefilter and, for bare texts, sieves."""

    def __init__(self, kinds: Sequence[type[Rule]], options: LintOptions, *, bare: bool) -> None:
        # A bare text has no keys, variables or bindings that a rule could speak about.
        spoken = [kind for kind in kinds if not (kind.needs_project or (bare and kind.needs_file))]
        self.kinds = frozenset(spoken)
        self.prefilter = Prefilter(spoken, bare=bare, folder=options.compiled)
        self.rules = [kind(options.options.get(kind.code), today=options.today) for kind in spoken]
        self.asked = [
            (number, self.rules[number].concerns) for number in sorted(self.prefilter.always)
        ]
        self.sieves = {
            number: sieve_of(kind.signs, options.compiled)
            for number, kind in enumerate(spoken)
            if bare and kind.signs
        }

        self._sifted = 0
        self._sifts = False

    def prepare(self) -> None:
        """Compile everything that is looked up."""
        for each in (*self.prefilter.sets, *(sieve.set for sieve in self.sieves.values())):
            each.prepare()

    def concerned(self, text: str) -> tuple[set[int], frozenset[re.Pattern[str]]]:
        """The rules with triggers that could find something, and patterns known not to match."""
        plain = text.encode("ascii") if text.isascii() else None
        found = self.prefilter.triggered(text) if plain is None else self.prefilter.scanned(plain)
        absent: frozenset[re.Pattern[str]] = frozenset()
        if not self.sieves or found.isdisjoint(self.sieves) or not self._is_worth_sifting():
            return found, absent
        data = folded(text) if plain is None else plain
        for number in self.sieves.keys() & found:
            lacking = self.sieves[number].absent(data)
            if lacking is None:
                found.remove(number)
            else:
                absent |= lacking
        return found, absent

    def _is_worth_sifting(self) -> bool:
        """Whether sieves are compiled, or have been missed so often that it is time to."""
        if not self._sifts:
            self._sifted += 1
            at_hand = self._sifted == 1 and all(s.set.is_at_hand for s in self.sieves.values())
            self._sifts = at_hand or self._sifted > _MISSED
        return self._sifts


def joined(outcomes: Iterable[Checked]) -> Checked:
    """Several outcomes as one."""
    parts = list(outcomes)
    if len(parts) == 1:
        return parts[0]
    return Checked(
        findings=tuple(finding for part in parts for finding in part.findings),
        skipped=tuple(item for part in parts for item in part.skipped),
        suppressed=sum(part.suppressed for part in parts),
        prompts=sum(part.prompts for part in parts),
    )
