"""SEC008."""

import re

from promptops.lint.finding import Severity
from promptops.lint.parsed import ParsedMessage
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule

_BOUND = phrase(
    r"\d|\b(?:max(?:imum)?|at most|up to|no more than|limit|once|twice|three|five|ten|budget"
    r"|timeout)\b"
)


class UnboundedLoop(PhraseRule):
    """Work goes on until it succeeds, without a limit.

    What it does:
        Flags "keep trying until it works" and its like when the sentence names no number and no
        limit.

    Why is this bad?
        When it cannot succeed, the loop ends with your budget.

    Example:
        If the call fails, keep trying until it works.

    Use instead:
        If the call fails, try again at most 3 times, then report the error.

    What to do:
        Say how often, and what happens then.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM10 unbounded consumption.
    """

    code = "SEC008"
    name = "unbounded-loop"
    severity = Severity.WARNING
    triggers = ("until",)
    tags = ("owasp-llm10",)
    seeds = triggers
    reach = (140, 60)
    pattern = phrase(
        r"\b(?:(?:keep|continue) (?:on )?(?:trying|retrying|iterating|looping|calling|searching"
        r"|working|going|running|testing|fixing)|retry|loop|try again|repeat (?:this|the (?:step"
        r"|process"
        r"|loop|call|search|cycle)s?))\b[^.;\n]{0,60} until (?:it|they|all|everything"
        r"|the (?:task|test"
        r"|code|result|build|call|answer|goal|issue|problem)s?|you (?:succeed|find|reach|get"
        r"|are (?:sure"
        r"|satisfied|confident)))\b"
    )
    text = '"{}" has no limit'

    def accepts(self, message: ParsedMessage, match: re.Match[str]) -> bool:
        """A number or a limit in the sentence bounds it."""
        start, end = message.sentence_at(match.start())
        return bool(_BOUND.search(message.lower, start, max(end, match.end())))
