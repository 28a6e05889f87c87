"""FMT002."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.json_text import shows_keys
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_ASKS = phrase(
    r"\b(?:return|respond|answer|reply|output|produce|format|write|give)\b(?!s)[^.;:\n]{0,40}?"
    r"\b(?:as|in|with|only|valid|a|an|your|be|strict|raw|pure)? ?json\b(?!l)"
)
_NAMED = phrase(
    r"\b(?:keys?|fields?|schema|propert(?:y|ies)|attributes?|structure|template|columns?|array of"
    r"|(?:object|array|list) (?:called|named)|list of (?:strings|numbers)"
    r"|following (?:json )?(?:format|object)|format (?:below|above))\b"
)


class JsonWithoutKeys(Rule):
    """JSON is demanded, but not which keys.

    What it does:
        Flags a demand for JSON in a prompt that declares no output schema, names no keys and
        shows no JSON.

    Why is this bad?
        Key names change between runs and models, and the code that reads them breaks.

    Example:
        Read the ticket and answer in JSON.

    Use instead:
        Read the ticket and answer in JSON with the keys "topic" and "urgency".

    What to do:
        Declare `output: {schema: …}`, or show the object that you expect.

    Source:
        OpenAI structured outputs guide; OpenAI prompt optimization cookbook, format checker.
    """

    tags = ("pd-structure",)
    code = "FMT002"
    name = "json-without-keys"
    severity = Severity.WARNING
    version = 2
    triggers = ("json",)
    signs = ((_ASKS,),)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first demand of each wording that shows no keys."""
        if prompt.prompt is not None and prompt.prompt.output is not None:
            return
        for wording in prompt.wordings:
            if shows_keys(wording.text) or _NAMED.search(wording.lower):
                continue
            for message in wording.instructing:
                match = next(message.find(_ASKS, self.regions), None)
                if match is not None:
                    text = "JSON is asked for without saying which keys"
                    yield self.found(prompt, message, match.span(), text)
                    break
