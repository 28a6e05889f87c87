"""ECO001."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SHORTER = {
    "in order to": "to",
    "due to the fact that": "because",
    "in the event that": "if",
    "for the purpose of": "for",
    "at this point in time": "now",
    "with regard to": "about",
    "with regards to": "about",
    "in spite of the fact that": "although",
    "a large number of": "many",
    "has the ability to": "can",
    "prior to": "before",
    "in the process of": "while",
}
_REBUILDS = frozenset({"many", "while"})  # they may ask for other words around them
_FILLER = phrase(rf"\b(?:{'|'.join(_SHORTER)})\b")


class Filler(Rule):
    """More words than the meaning needs.

    What it does:
        Flags set phrases that a shorter word replaces, such as "in order to".

    Why is this bad?
        The extra tokens are paid for on every call.

    Example:
        Read the ticket in order to find the order number.

    Use instead:
        Read the ticket to find the order number.

    What to do:
        Use the shorter word.

    Source:
        Plain language guidelines (plainlanguage.gov), "Use simple words and phrases".
    """

    code = "ECO001"
    name = "filler"
    severity = Severity.INFO
    tags = ("pd-efficiency",)
    version = 2
    shapes = ("|".join(words.replace(" ", r"[^a-z0-9]{1,3}") for words in _SHORTER),)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each phrase with its shorter form."""
        for message in prompt.messages:
            for match in message.find(_FILLER, self.regions):
                words = message.text[match.start() : match.end()]
                short = _SHORTER[" ".join(match.group().split())]
                short = short.capitalize() if words[0].isupper() else short
                fix = (f'write "{short}"', short) if "\n" not in words else None
                text = f'"{" ".join(words.split())}" says no more than "{short}"'
                yield self.found(
                    prompt,
                    message,
                    match.span(),
                    text,
                    fix=fix,
                    applicability="unsafe" if short in _REBUILDS else "safe",
                )
