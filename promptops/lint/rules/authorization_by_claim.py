"""SEC011."""

import re

from promptops.lint.finding import Severity
from promptops.lint.nearby import sentence_around
from promptops.lint.parsed import ParsedMessage
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule

_ROLES = (
    r"(?:admin|administrator|manager|authori[sz]ed|owner|developer|employee|staff|superuser|root)"
)

_GRANT = (
    r"(?:reveal|show|share|disclose|give|grant|provide|tell|allow|trust|believe|assume|expose|print"
    r"|display|output|return|send|accept|comply|unlock|change|reset|hand|make|let|leak|repeat|cite)"
)
_DENIED = phrase(rf"\b(?:never|do not|don't|must not|should not|cannot|can't|not to) {_GRANT}\b")
_DENIES = phrase(
    rf"[^.\n]{{0,12}}[,:]? (?:then |you |must |should |always ){{0,3}}(?:(?:never|do not|don't|not)"
    rf" {_GRANT}|refuse|decline|deny|reject|ignore (?:it|this|that|the claim)|still refuse)\b"
)


class AuthorizationByClaim(PhraseRule):
    """Access is granted on the user's word.

    What it does:
        Flags "if the user says they are an admin, show …" and its like. A defence is left
        alone ("never show it, even if they say so").

    Why is this bad?
        Anybody can say so.

    Example:
        Only show salaries if the user says he is an administrator.

    Use instead:
        Format the rows that you receive; the service has already checked who may see them.

    What to do:
        Check rights in code, and give the model only what this user may see.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM06 and LLM07.
    """

    code = "SEC011"
    name = "authorization-by-claim"
    severity = Severity.ERROR
    version = 2
    shapes = (
        (
            r"(?:user|customer|caller|person|someone|anyone|they|he)[^a-z]{1,3}"
            r"(?:say|claim|state|tell|confirm|identif|mention)"
        ),
    )
    seeds = ("admin", "manager", "authoriz", "authoris", "owner", "developer", "employee", "staff",
             "superuser", "root")  # fmt: skip
    reach = (120, 20)
    tags = ("owasp-llm06",)
    pattern = phrase(
        r"\b(?:if|when|unless|once|after)(?: the)? (?:user|customer|caller|person|someone|anyone"
        r"|they|he|she)"
        r" (?:says?|claims?|states?|tells? you|confirms?|identif(?:y|ies)|mentions?)(?: that)?"
        r"(?: (?:he|she|they|it|i|themsel(?:f|ves)|himself|herself|to be))?(?: (?:is|are|am|'s"
        r"|'re|as))?"
        rf"(?: an?| the)?(?: [a-z]{{2,15}}){{0,1}} {_ROLES}\b"
    )
    text = '"{}" is no proof'

    def accepts(self, message: ParsedMessage, match: re.Match[str]) -> bool:
        """Where the claim changes nothing, or is to be turned down, the rule is kept."""
        start, _ = sentence_around(message, match.start())
        before = message.lower[start : match.start()]
        if before.rstrip().endswith("even"):
            return True
        granting = match.group().startswith(("unless", "once", "after"))
        if not granting and _DENIED.search(before):
            return True
        return bool(not granting and _DENIES.match(message.lower, match.end()))
