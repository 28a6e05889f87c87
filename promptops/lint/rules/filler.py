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
        Use the shorter word; the fix is safe.

    Source:
        Plain language guidelines (plainlanguage.gov), "Use simple words and phrases".
    """

    code = "ECO001"
    name = "filler"
    severity = Severity.INFO
    triggers = ("order to", "fact that", "event that", "purpose of", "point in time", "regard",
                "number of", "ability to", "prior to", "process of", "in order",
                "due to")  # fmt: skip

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each phrase with its shorter form."""
        for message in prompt.messages:
            for match in message.find(_FILLER, self.regions):
                words = message.text[match.start() : match.end()]
                short = _SHORTER[" ".join(match.group().split())]
                short = short.capitalize() if words[0].isupper() else short
                fix = (f'write "{short}"', short) if "\n" not in words else None
                text = f'"{" ".join(words.split())}" says no more than "{short}"'
                yield self.found(prompt, message, match.span(), text, fix=fix)
