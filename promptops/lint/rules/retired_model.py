"""MOD013."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.targets import targeted
from promptops.models.retirements import retirements


class RetiredModel(Rule):
    """The declared model is retired, or soon will be.

    What it does:
        Looks the declared targets up among announced retirements. One that is past is a warning,
        one within `notice_days` a remark. Where the linter is not told the day, it
        judges by the day the list was taken.

    Why is this bad?
        From that day on every call fails, or is answered by another model that nobody tested.

    Example:
        model: {requires: {model: openai/gpt-4-0613}}
        messages: [{role: user, content: Name the capital of France.}]

    Use instead:
        model: {requires: {model: openai/gpt-5.4}}
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Choose a successor and run the golden set on it before that day.

    Source:
        Deprecation dates of the LiteLLM price table; NIST AI RMF, MANAGE 2.4.
    """

    code = "MOD013"
    name = "retired-model"
    severity = Severity.WARNING
    needs_file = True
    tags = ("nist-rmf-manage",)
    defaults = {"notice_days": 60}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding a declared model."""
        for call in targeted(prompt):
            for target in call.targets:
                known = retirements()
                retired = known.find(target.name)
                if retired is None:
                    continue
                today = self.today or known.date
                past = retired.date <= today
                if past or (retired.date - today).days <= self.number("notice_days"):
                    when = "was" if past else "will be"
                    yield self.found_at_key(
                        prompt,
                        call.declared_at,
                        f'"{target.name}" {when} retired on {retired.date.isoformat()}',
                        severity=None if past else Severity.INFO,
                        variant=call.variant,
                    )
