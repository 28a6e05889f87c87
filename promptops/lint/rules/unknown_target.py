"""MOD015."""

import datetime as dt
from collections.abc import Iterator
from fnmatch import fnmatchcase

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.targets import card_of, dialect_of, targeted
from promptops.models.dialects import Dialect
from promptops.models.names import ModelName
from promptops.models.retirements import retirements


class UnknownTarget(Rule):
    """The linter does not know the declared model, or its knowledge of it has expired.

    What it does:
        Says so when a declared target has no model card, when its family is not known, and when
        facts that hold for it, or its price, are past the day up to which they are relied on.
        Targets that match a glob of `known` (separated by commas) are left alone.

    Why is this bad?
        Silence of the model rules would then be taken for a clean bill.

    Example:
        model: {requires: {model: openai/gpt-4.11}}
        messages: [{role: user, content: Name the capital of France.}]

    Use instead:
        model: {requires: {model: openai/gpt-4.1}}
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Correct the name, or update promptops; a model of your own is named in the option `known`.

    Source:
        promptops model cards and facts, each with its source and date.
    """

    code = "MOD015"
    name = "unknown-target"
    severity = Severity.INFO
    tags = ("nist-rmf-measure",)
    needs_file = True
    defaults = {"known": ""}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding a declared target at most."""
        told: set[tuple[str, str]] = set()
        for call in targeted(prompt):
            for target in call.targets:
                text = self._fault(target, dialect_of(target, call.dialects))
                if text and (call.declared_at, text) not in told:
                    told.add((call.declared_at, text))
                    yield self.found_at_key(prompt, call.declared_at, text, variant=call.variant)

    def _fault(self, target: ModelName, dialect: Dialect | None) -> str:
        globs = [glob.strip().lower() for glob in str(self.options["known"]).split(",")]
        if any(fnmatchcase(target.shown, glob) for glob in globs if glob):
            return ""
        aged = self._aged(target, dialect, self.today) if self.today else ""
        if aged:
            return f"{aged}: findings of model rules may be out of date"
        if dialect is None:
            return f'no family of models is known for "{target.shown}": it is checked by no rule'
        if target.name and card_of(target) is None and retirements().find(target.name) is None:
            return (
                f'no model card is called "{target.name}": only what is known of'
                f" {target.family} is checked"
            )
        return ""

    def _aged(self, target: ModelName, dialect: Dialect | None, today: dt.date) -> str:
        """What of the knowledge about a target is past its day; "" when nothing is."""
        claims = dialect.for_model(target).claims if dialect else ()
        expired = [claim for claim in claims if claim.review < today]
        if expired:
            last = max(claim.review for claim in expired).isoformat()
            count = "a claim was" if len(expired) == 1 else f"{len(expired)} claims were"
            return f"{count} to be looked up again by {last} ({target.shown})"
        card = card_of(target)
        if (
            card is not None
            and card.source == retirements().source
            and (retirements().review < today)
        ):
            return f"prices and retirements are of {card.retrieved} ({target.shown})"
        return ""
