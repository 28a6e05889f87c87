"""What a rule is.

A rule is a class in its own file under ``rules/``; its docstring is its documentation, in the
sections that `promptops.lint.documentation` reads. It states which regions it speaks about, and
yields findings with places; it knows nothing of files, suppressions or other rules.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, ClassVar

from promptops.core.canonical import JSON
from promptops.lint.documentation import RuleDocumentation, read_documentation
from promptops.lint.finding import Applicability, Edit, Finding, Fix, Severity
from promptops.lint.fingerprint import anchor
from promptops.lint.nearby import near
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.regions import INSTRUCTIONS, Region
from promptops.lint.sieve import Signs

_EXCERPT = 80


class _Section:
    """A section of a rule's docstring, which is read when it is first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> str:
        text = str(getattr(_documentation(owner), self._name))
        if instance is not None:
            vars(instance)[self._name] = text  # found there from now on
        return text


@cache
def _documentation(rule: type) -> RuleDocumentation:
    return read_documentation(rule.__doc__ or "")


def _section(name: str) -> Any:
    return _Section(name)


class Rule:
    """One check with a stable code.

    Attributes:
        code: Group and number, never reused: ``AMB001``.
        name: Reads well after "allow": ``vague-quantifier``.
        severity: The default; ``lint.toml`` may change it.
        version: Raised when the rule's verdicts change, so that cached ones are dropped.
        regions: The kinds of text the rule speaks about.
        triggers: Lower-case strings; a prompt that holds none of them is not shown to the rule.
            Empty: the rule sees every prompt (unless it has ``shapes``).
        file_triggers: Triggers of findings that only a prompt with keys can have: bare texts
            are not looked through for them.
        shapes: RE2 patterns over the lower-case text that say the same as ``triggers`` where no
            literal does: a prompt is shown to the rule when a trigger or a shape occurs in it.
        signs: Rows of patterns over lower-case text: each finding in a bare text holds, anywhere in
            it, a match of every pattern of one row. Texts without are not shown to the rule, though
            a trigger occurs in them (see `promptops.lint.sieve`).
        needs_file: Whether the rule speaks about keys, variables or bindings only, so that it has
            nothing to say about a bare text.
        needs_project: Whether the rule speaks about prompts together, so that it has nothing to
            say about one (see `promptops.lint.project`).
        tags: Machine-readable references such as ``owasp-llm01``.
        defaults: The rule's options and their defaults.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    version: ClassVar[int] = 1
    regions: ClassVar[frozenset[Region]] = INSTRUCTIONS
    triggers: ClassVar[tuple[str, ...]] = ()
    file_triggers: ClassVar[tuple[str, ...]] = ()
    shapes: ClassVar[tuple[str, ...]] = ()
    signs: ClassVar[Signs] = ()
    needs_file: ClassVar[bool] = False
    needs_project: ClassVar[bool] = False
    tags: ClassVar[tuple[str, ...]] = ()
    defaults: ClassVar[Mapping[str, int | float | str]] = {}
    # Out of the docstring, so that there is one text to maintain; a rule of a workspace states them
    # as data.
    summary: ClassVar[str] = _section("summary")
    rationale: ClassVar[str] = _section("rationale")
    source: ClassVar[str] = _section("source")
    bad: ClassVar[str] = _section("bad")
    good: ClassVar[str] = _section("good")
    advice: ClassVar[str] = _section("advice")

    def __init__(
        self,
        options: Mapping[str, int | float | str] | None = None,
        *,
        today: date | None = None,
    ) -> None:
        """Take the workspace's options over the defaults, and the day to judge dates by.

        A rule is made once and checks many prompts: it keeps nothing between them.
        """
        self.options = {**self.defaults, **(options or {})}
        self.today = today

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the findings in ``prompt``; order and duplicates do not matter."""
        raise NotImplementedError

    def concerns(self, text: str) -> bool:
        """Whether a bare text can hold a finding at all: a cheap look, before it is parsed.

        Asked of rules without ``triggers`` and ``shapes`` only.
        """
        del text
        return True

    def number(self, option: str) -> float:
        """An option as a number."""
        return float(self.options[option])

    def found(
        self,
        prompt: ParsedPrompt,
        message: ParsedMessage,
        span: tuple[int, int],
        text: str,
        *,
        fix: tuple[str, str] | None = None,
        applicability: Applicability = "safe",
        severity: Severity | None = None,
        conceal: bool = False,
    ) -> Finding:
        """A finding about ``message.text[start:end]``.

        Args:
            prompt: The prompt being checked.
            message: The message that holds the defect.
            span: Start and end offsets in its text.
            text: What is wrong here, one sentence without a full stop.
            fix: Title and replacement of the span.
            applicability: Whether that fix keeps the meaning.
            severity: When this place is worse or milder than the rule's default.
            conceal: Never repeat the text itself (secrets, personal data).
        """
        start, end = span
        line, column = message.place(start)
        end_line, end_column = message.place(max(start, end - 1))
        excerpt = " ".join(message.text[start:end].split())[:_EXCERPT]
        end_column += 1 if end > start else 0
        edits: tuple[Edit, ...] = ()
        if fix:
            edits = (
                Edit(
                    line=line,
                    column=column,
                    end_line=end_line,
                    end_column=end_column,
                    text=fix[1],
                ),
            )
        return Finding(
            code=self.code,
            name=self.name,
            severity=severity or self.severity,
            message=text,
            advice=self.advice,
            path=prompt.path,
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            region=message.region(start).value,
            prompt_id=prompt.prompt_id,
            row=prompt.row,
            excerpt=_concealed(excerpt) if conceal else excerpt,
            variant=message.variant,
            tags=self.tags,
            fix=Fix(title=fix[0], applicability=applicability, edits=edits) if fix else None,
            anchor=anchor(message.text, span, conceal=conceal),
        )

    def found_at_key(
        self,
        prompt: ParsedPrompt,
        pointer: str,
        text: str,
        *,
        severity: Severity | None = None,
        variant: str | None = None,
    ) -> Finding:
        """A finding about a key of the file, named by JSON pointer (or its nearest parent)."""
        line, column = prompt.place_of_key(pointer)
        return Finding(
            code=self.code,
            name=self.name,
            severity=severity or self.severity,
            message=text,
            advice=self.advice,
            path=prompt.path,
            line=line,
            column=column,
            end_line=line,
            end_column=column,
            region="metadata",
            prompt_id=prompt.prompt_id,
            row=prompt.row,
            variant=variant,
            tags=self.tags,
        )


class PhraseRule(Rule):
    """A rule that one pattern tells whole: every match in its regions is a finding.

    ``pattern`` runs over the lower-case text; ``text`` is the message, ``{}`` the matched words.
    With ``seeds``, strings of which every match holds one, it runs only over the ``reach``
    characters before and after them.
    """

    pattern: ClassVar[re.Pattern[str]]
    text: ClassVar[str]
    seeds: ClassVar[tuple[str, ...]] = ()
    reach: ClassVar[tuple[int, int]] = (120, 160)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding a match, minus what `accepts` lets through."""
        for message in prompt.messages:
            for match in self._matches(message):
                if self.accepts(message, match):
                    continue
                words = " ".join(message.text[match.start() : match.end()].split())
                yield self.found(prompt, message, match.span(), self.text.format(words))

    def _matches(self, message: ParsedMessage) -> Iterator[re.Match[str]]:
        if not self.seeds:
            return message.find(self.pattern, self.regions)
        before, after = self.reach
        return near(message, self.pattern, self.seeds, self.regions, before=before, after=after)

    def accepts(self, message: ParsedMessage, match: re.Match[str]) -> bool:
        """Whether a match is fine here; the default accepts none."""
        del message, match
        return False


def group_of(code: str) -> str:
    """The group of a code: its letters."""
    return code.rstrip("0123456789")


def rule_identity(rule: type[Rule]) -> JSON:
    """What a cached verdict of this rule depends on."""
    return {"code": rule.code, "version": rule.version}


def _concealed(excerpt: str) -> str:
    return f"{excerpt[:4]}…({len(excerpt)} characters)"
