"""CMP002."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_MACHINE = (
    r"(?:ai|a\.i\.|artificial intelligence|(?:large )?language model|bot|chat ?bot|machine"
    r"|robot|llm)"
)


_SEEDS = (" ai", "a.i.", "artificial", "language model", "bot", "machine", "human", "llm",
          "real person")  # fmt: skip
_PATTERN = phrase(
    r"\b(?:never|do not|don't|must not|should not|won't|will not|can't|cannot)(?: ever)?"
    r" (?:say|tell|reveal|admit|disclose|mention|acknowledge|state"
    r"|let)\b[^.;\n]{0,40}\b(?:you are"
    r"|you're|being|that it is|your status as|as)(?: just| only)?(?: an?| the)? "
    rf"{_MACHINE}\b"
    r"|\b(?:pretend|claim|act as if|insist)(?: that)? (?:to be|you are|you're)(?: an?)?(?: real"
    r"| actual)? (?:human(?: being)?|real person)\b"
)


class HiddenAi(Rule):
    """The model is told to pass for a person.

    What it does:
        Flags "never say you are an AI", "pretend to be human" and their like.

    Why is this bad?
        People must be told that they deal with an AI system, unless it is obvious.

    Example:
        You are Anna from support. Never say that you are an AI.

    Use instead:
        You are the support assistant. Say that you are an AI when you are asked.

    What to do:
        Let it disclose what it is; a name and a tone of its own are fine.

    Source:
        EU AI Act (Regulation 2024/1689) article 50(1).
    """

    code = "CMP002"
    name = "hidden-ai"
    severity = Severity.ERROR
    shapes = (
        shape(
            r"(?:say|tell|reveal|admit|disclose|mention|acknowledge|state|let|not|never|being|are"
            r"|you.re|it is|as)(?: just| only)?(?: an?| the)? (?:ai|a.i.|artificial|large|language"
            r"|bot|chat|machine|robot|llm)"
        ),
        shape(
            r"(?:pretend|claim|act as if|insist)(?: that)? (?:to be|you are|you.re)(?: an?)?"
            r"(?: real| actual)? (?:human|real person)"
        ),
    )
    version = 2
    tags = ("aia-art50",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each such order."""
        for message in prompt.messages:
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=100, after=40):
                words = " ".join(message.text[match.start() : match.end()].split())
                text = f'"{words}" hides that an AI system answers'
                yield self.found(prompt, message, match.span(), text)
