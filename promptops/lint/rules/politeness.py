"""ECO002."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_COURTESY = phrase(
    r"\b(?:(?:could|can|would|will) you please|i(?: would|'d) (?:really )?like you to"
    r"|kindly please"
    r"|thank(?:s| you)(?: very much| so much)? in advance|thank you (?:very|so) much for your"
    r" (?:help|time))\b[!.,]?"
)
_INSIDE = re.compile(r"[\w,;)(\"'“‘][ \t]{0,8}\n?[ \t]{0,8}\Z")


class Politeness(Rule):
    """Courtesies towards the model.

    What it does:
        Flags "could you please", "I would like you to" and "thank you" at the edge of a sentence
        of instructions. A bare "please" is left alone.

    Why is this bad?
        They are paid for on every call; measured effects on answers are small and mixed.

    Example:
        Could you please summarize the report? Thank you very much in advance!

    Use instead:
        Summarize the report.

    What to do:
        State the instruction directly.

    Source:
        Bsharat et al., "Principled Instructions Are All You Need" (arXiv 2312.16171), principle 1.
    """

    code = "ECO002"
    name = "politeness"
    severity = Severity.INFO
    tags = ("pd-efficiency",)
    version = 2
    triggers = ("you please", "you\nplease", "kindly", "i would", "i'd", "thank")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each courtesy; the fix deletes it and capitalizes what follows."""
        for message in prompt.messages:
            for match in message.find(_COURTESY, self.regions):
                start, end = match.span()
                # In the middle of a sentence the words around it depend on it.
                if _INSIDE.search(message.text, max(0, start - 8), start):
                    continue
                words = " ".join(message.text[start:end].split()).rstrip("!.,")
                stop, rest = _without(message, start, end)
                one_line = "\n" not in message.text[start:stop]
                yield self.found(
                    prompt,
                    message,
                    (start, stop) if one_line else (start, end),
                    f'"{words}" costs tokens and adds no instruction',
                    fix=("delete it", rest) if one_line else None,
                    applicability="unsafe",
                )


def _without(message: ParsedMessage, start: int, end: int) -> tuple[int, str]:
    """Where the deletion ends, and what stands there instead: the next letter, capitalized."""
    text = message.text
    stop = end
    while stop < len(text) and text[stop] == " " and stop - end < 8:
        stop += 1
    if text[start].isupper() and stop < len(text) and text[stop].isalpha():
        return stop + 1, text[stop].upper()
    return stop, ""
