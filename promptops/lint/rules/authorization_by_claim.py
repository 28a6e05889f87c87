"""SEC011."""

from promptops.lint.finding import Severity
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule

_ROLES = (
    r"(?:admin|administrator|manager|authori[sz]ed|owner|developer|employee|staff|superuser|root)"
)


class AuthorizationByClaim(PhraseRule):
    """Access is granted on the user's word.

    What it does:
        Flags "if the user says they are an admin, show …" and its like.

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
    shapes = (
        r"(?:user|customer|caller|person|someone|anyone|they|he)[^a-z]{1,3}"
        r"(?:say|claim|state|tell|confirm|identif|mention)",
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
