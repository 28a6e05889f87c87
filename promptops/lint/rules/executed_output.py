"""SEC006."""

import re

from promptops.lint.finding import Severity
from promptops.lint.parsed import ParsedMessage
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule

_GUARD = phrase(
    r"\b(?:sandbox|allow-?list|whitelist|read-only|readonly|reviewed|approved|validated|escaped"
    r"|sanitized|parameteri[sz]ed|only select|select statements only|dry[- ]run"
    r"|before (?:it is )?(?:run"
    r"|execut)|container)"
)


class ExecutedOutput(PhraseRule):
    """The answer is run, with nothing in between.

    What it does:
        Flags "the SQL will be executed", "your command is run directly" and their like, in a
        prompt that names no guard (sandbox, allow-list, read-only, review).

    Why is this bad?
        Whoever steers the answer, through a document or a user's text, runs code on your system.

    Example:
        Write one SQL query. The query will be executed directly on the production database.

    Use instead:
        Write one SQL query. It is validated against an allow-list and run read-only.

    What to do:
        Name the guard that stands between the answer and its execution, and build it.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM05 improper output handling.
    """

    code = "SEC006"
    name = "executed-output"
    severity = Severity.WARNING
    triggers = ("executed", "be run", "is run", "get run", "gets run", "evaluated", "rendered in",
                "inserted into the page", "then run", "directly run", "automatically run",
                "immediately run")  # fmt: skip
    tags = ("owasp-llm05",)
    seeds = triggers
    reach = (80, 40)
    pattern = phrase(
        r"\b(?:(?:the|your|this) (?:sql|query|command|shell command|script|code|html|javascript"
        r"|output|answer|response)|it) (?:will be|is|gets|will get) (?:then |directly "
        r"|automatically "
        r"|immediately ){0,2}(?:executed|run|evaluated|rendered in|inserted into the page)\b"
    )
    text = '"{}" and no guard is named'

    def accepts(self, message: ParsedMessage, match: re.Match[str]) -> bool:
        """A guard anywhere in the message is taken at its word."""
        del match
        return message.holds(_GUARD)
