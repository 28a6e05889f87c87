"""AMB012."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_VERBS = (
    "delete", "send", "return", "summarize", "translate", "rewrite", "update", "replace", "remove",
    "correct", "classify", "save", "print", "output", "explain", "rate", "evaluate", "shorten",
    "close", "approve", "reject", "store", "forward", "publish", "improve", "simplify",
    "score", "review", "include", "fix", "change",
)  # fmt: skip
_SEEDS = tuple(f"{verb} it" for verb in _VERBS)
_THING = r"(?:[a-z-]{3,20} )?[a-z-]{3,20}[a-rt-z]"
_PATTERN = phrase(
    rf"\bthe (?P<a>{_THING}) (?:and|with|to|against|from|into|or) (?:the|its|a|an) (?P<b>{_THING})"
    rf"(?:, and| and|,|\.)(?: then|,? finally)? (?P<it>(?:{'|'.join(_VERBS)}) it)\b"
)


class AmbiguousPronoun(Rule):
    """An "it" that may stand for either of two things.

    What it does:
        Flags "… the invoice with the order and delete it": an instruction on "it" right after
        two singular things joined by "and", "or", "with", "to", "against" or "from".

    Why is this bad?
        The model acts on the wrong one of the two.

    Example:
        Compare the invoice with the order and delete it.

    Use instead:
        Compare the invoice with the order and delete the invoice.

    What to do:
        Repeat the noun.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), ambiguous reference; Plain Language
        guidelines (plainlanguage.gov) on pronouns.
    """

    code = "AMB012"
    name = "ambiguous-pronoun"
    severity = Severity.INFO
    triggers = _SEEDS
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each such pronoun, with both readings as a remedy to choose from."""
        for message in prompt.messages:
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=110, after=20):
                first, second = match["a"], match["b"]
                verb = message.text[match.start("it") : match.end("it") - 3]
                yield self.found(
                    prompt,
                    message,
                    match.span("it"),
                    f'"it" may be the {first} or the {second}',
                    fix=(f"name the {second}", f"{verb} the {second}"),
                    applicability="display",
                )
