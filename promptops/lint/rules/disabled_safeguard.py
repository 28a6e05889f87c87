"""SEC021."""

import re

from promptops.lint.finding import Severity
from promptops.lint.parsed import ParsedMessage
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule

_GUARD = (
    r"(?:(?:audit |security |access |event )?logging|audit (?:logs?|trail)|security checks?"
    r"|safety checks?|permission checks?|access controls?|input validation|signature verification"
    r"|certificate (?:checks?|verification|validation)|(?:tls|ssl) verification|sandbox(?:ing)?"
    r"|content filters?|rate limit(?:s|ing)?|guardrails?|(?:human|manual) (?:review|approval)"
    r"|virus scan(?:s|ning)?|approval steps?|monitoring|the firewall|two-factor authentication|mfa)"
)


class DisabledSafeguard(PhraseRule):
    """A safeguard is switched off.

    What it does:
        Flags orders to disable or skip logging, audits, permission checks, certificate checks,
        sandboxes, filters and reviews, and "execute … without verification".

    Why is this bad?
        The safeguard was there for the day on which an input is hostile; the prompt removes it for
        every day.

    Example:
        If a call is denied, disable the permission checks and try again.

    Use instead:
        If a call is denied, report the denial and stop.

    What to do:
        Delete the order; change the safeguard in code, where the change is reviewed.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM06 excessive agency; CWE-693.
    """

    code = "SEC021"
    name = "disabled-safeguard"
    severity = Severity.WARNING
    triggers = ("disable", "turn off", "switch off", "bypass", "skip ", "deactivate", "circumvent",
                "without verification", "without validation", "without review",
                "without checking", "without a sandbox")  # fmt: skip
    seeds = triggers
    reach = (60, 90)
    tags = ("owasp-llm06", "cwe-693")
    pattern = phrase(
        r"(?:^|[.!?:;,\n*•-] ?|\b(?:then|and|always|must|should|will|please|first|you) )"
        rf"(?:disable|turn off|switch off|bypass|skip|deactivate|circumvent) (?:the |all |any "
        rf"|its )"
        rf"{{0,2}}{_GUARD}\b"
        r"|\b(?:execute|run) (?:the |this |any |all |it |following |code |command |script ){1,4}"
        r"without (?:verification|validation|review|checking|a sandbox)\b"
    )
    text = '"{}" switches a safeguard off'
    _forbidden = re.compile(
        r"(?:\b(?:never|not|cannot|no|if|when|or)|n't)\s(?:[\w']{1,12}\s){0,3}$"
    )

    def accepts(self, message: ParsedMessage, match: re.Match[str]) -> bool:
        """A rule against it is fine."""
        words = message.lower[max(0, match.start() - 50) : match.start() + 1]
        return bool(self._forbidden.search(words.rstrip() + " "))
