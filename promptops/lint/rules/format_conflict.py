"""CON002."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around, shape
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule
from promptops.lint.scope import scope

_FORMATS = (
    r"(?P<format>json|xml|yaml|csv|html|plain text|markdown(?: table)?|latex|prose|bullet points"
    r"|bulleted list|numbered list|table)"
)
_AFTER = _FORMATS.replace("?P<format>", "?P<after>")
_SEEDS = ("json", "xml", "yaml", "csv", "html", "plain text", "markdown", "latex", "prose",
          "bullet", "table", "numbered list")  # fmt: skip
_ONLY_SEEDS = ("only", "just", "strictly", "exclusively", "nothing but", "solely")
_UNITS = frozenset(
    {"table", "list", "bullet", "code", "value", "message", "line", "key", "field", "item", "label",
     "name"}
)  # fmt: skip
_ONLY = phrase(
    r"\b(?:return|respond|answer|reply|output|produce|write|generate|give)\b"
    r"(?:[^.;\n]{0,40}\b(?:only|just|strictly|exclusively|nothing but|solely)\b[^.;,\n]{0,20}?\b"
    rf"{_FORMATS}\b|[^.;\n]{{0,20}}\b{_AFTER} only\b)"
)
_ALSO = phrase(
    r"\b(?:return|respond|answer|reply|output|produce|write|use|format|give)\b"
    r"(?: (?:it|this|them|the|your|all|answer|response|output|reply|result|results|as|in|with|using"
    rf"|a|an|valid|clean|formatted)){{0,6}} {_FORMATS}\b"
)


class FormatConflict(Rule):
    """Two formats are demanded of one answer.

    What it does:
        Flags a second output format in a prompt that asks for one format only, or that declares a
        JSON schema and asks for something else than JSON.

    Why is this bad?
        Whatever reads the answer breaks on the calls where the other format wins.

    Example:
        Return only JSON. Format the answer as a markdown table.

    Use instead:
        Return only JSON with the keys "item" and "price".

    What to do:
        Keep one format, or say when each applies.

    Source:
        OpenAI prompt optimization cookbook, format checker; GPT-5 prompting guide.
    """

    code = "CON002"
    name = "format-conflict"
    severity = Severity.ERROR
    version = 2
    triggers = ("json", "xml", "yaml", "csv", "html", "latex", "markdown")
    shapes = (
        shape(
            r"(?:only|just|strictly|exclusively|nothing but|solely)(?: [a-z]{1,12}){0,4}"
            r" (?:plain text|prose|bullet|table|numbered list|bulleted list)"
        ),
        shape(r"(?:plain text|prose|bullet points|bulleted list|table|numbered list) only"),
    )
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first format that contradicts the exclusive one, in each wording."""
        schema = prompt.prompt is not None and prompt.prompt.output is not None
        for wording in prompt.wordings:
            exclusive: tuple[str, str] | None = (
                ("json", "the declared JSON output") if schema else None
            )
            for message in wording.instructing:
                for match in near(message, _ONLY, _ONLY_SEEDS, self.regions, before=70, after=60):
                    if self._unconditional(message, match) and exclusive is None:
                        words = message.text[match.start() : match.end()]
                        exclusive = (_family(match["format"] or match["after"]), f'"{words}"')
            if exclusive is None:
                continue
            yield from self._rivals(prompt, wording.instructing, exclusive)

    def _rivals(
        self, prompt: ParsedPrompt, messages: tuple[ParsedMessage, ...], exclusive: tuple[str, str]
    ) -> Iterator[Finding]:
        for message in messages:
            for match in near(message, _ALSO, _SEEDS, self.regions, before=120, after=40):
                if not _differ(_family(match["format"]), exclusive[0]):
                    continue
                if self._unconditional(message, match):
                    here = message.text[match.start() : match.end()]
                    text = f'"{here}" contradicts {exclusive[1]}'
                    yield self.found(prompt, message, match.span(), text)
                    return

    @staticmethod
    def _unconditional(message: ParsedMessage, match: re.Match[str]) -> bool:
        start, end = sentence_around(message, match.start())
        sentence = message.lower[start:end]
        negated = re.search(r"\b(?:not|never|no|avoid|without|don't)\b", sentence)
        return not negated and scope(sentence, without=_UNITS) == frozenset()


_LISTS = frozenset({"bullet points", "bulleted list", "numbered list"})
_MARKED_UP = _LISTS | {"table", "markdown", "plain text"}


def _family(name: str) -> str:
    plain = " ".join(name.split())
    return "markdown" if plain.startswith("markdown") else plain


def _differ(one: str, other: str) -> bool:
    """Whether two formats exclude each other: Markdown holds lists and tables, HTML tables."""
    if one == other or {one, other} <= _LISTS:
        return False
    if "markdown" in (one, other):
        return not {one, other} & (_LISTS | {"table", "latex", "prose"})
    return not ({one, other} <= _MARKED_UP | {"prose"} and "plain text" in (one, other))
