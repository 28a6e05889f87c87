"""CON002."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule
from promptops.lint.scope import scope

_FORMATS = r"(?P<format>json|xml|yaml|csv|html|plain text|markdown(?: table)?|latex)"
_UNITS = frozenset(
    {"table", "list", "code", "value", "message", "line", "key", "field", "item", "label", "name"}
)
_ONLY = phrase(
    r"\b(?:return|respond|answer|reply|output|produce|write|generate|give)\b"
    r"(?:[^.;\n]{0,40}\b(?:only|just|strictly|exclusively|nothing but|solely)\b[^.;,\n]{0,20}?\b"
    rf"{_FORMATS}\b|[^.;\n]{{0,20}}\b{_FORMATS.replace('?P<format>', '?P<after>')} only\b)"
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
    triggers = ("json", "xml", "yaml", "csv", "html", "plain text", "markdown", "latex")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first format that contradicts the exclusive one, in each wording."""
        schema = prompt.prompt is not None and prompt.prompt.output is not None
        for wording in prompt.wordings:
            exclusive: tuple[str, str] | None = (
                ("json", "the declared JSON output") if schema else None
            )
            for message in wording.instructing:
                for match in message.find(_ONLY, self.regions):
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
            for match in message.find(_ALSO, self.regions):
                if _family(match["format"]) == exclusive[0]:
                    continue
                if self._unconditional(message, match):
                    here = message.text[match.start() : match.end()]
                    text = f'"{here}" contradicts {exclusive[1]}'
                    yield self.found(prompt, message, match.span(), text)
                    return

    @staticmethod
    def _unconditional(message: ParsedMessage, match: re.Match[str]) -> bool:
        start, end = message.sentence_at(match.start())
        sentence = message.lower[start:end]
        negated = re.search(r"\b(?:not|never|no|avoid|without|don't)\b", sentence)
        return not negated and scope(sentence, without=_UNITS) == frozenset()


def _family(name: str) -> str:
    plain = " ".join(name.split())
    return "markdown" if plain.startswith("markdown") else plain
