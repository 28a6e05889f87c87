"""FMT016."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.labels import names_a_format
from promptops.lint.nearby import near
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("parsed", "machine-read", "read by a", "read by our", "read by the", "read by code",
          "consumed by", "processed by", "fed into", "loaded into", "inserted into")  # fmt: skip
_READ = phrase(
    r"\b(?:output|answer|response|result|reply|this|it)s? (?:will|is going to|shall|is|must|should)"
    r" be (?:automatically |directly )?(?:(?:parsed|read|consumed|processed)(?: directly"
    r"| automatically)? (?:by|with|using) (?:an? |the |our |another |downstream )?(?:[a-z]{2,12} )?"
    r"(?:code|software|python|script|program|parser|system|service|pipeline|application|api|tool"
    r"|backend|function|machine|workflow|agent)|fed into (?:a|the|our|another)|loaded into"
    r" (?:a|the|our)|inserted into (?:a|the|our)|parsed\b(?! by)|machine-readable)"
)


class ParsedWithoutFormat(Rule):
    """The prompt says that a program reads the answer, and not in what form.

    What it does:
        Flags "the output will be parsed by …", "is fed into …", "must be machine-readable" and
        their like in a prompt without a declared output, an example answer, or a word on a format,
        keys, labels or separators.

    Why is this bad?
        The form of the answer changes with model and version, and whatever reads it breaks.

    Example:
        Name the order and its total. The answer will be parsed by a script.

    Use instead:
        Name the order and its total as JSON with the keys "order" and "total". The answer will be
        parsed by a script.

    What to do:
        Declare `output: {schema: …}`, or describe the form exactly.

    Source:
        OpenAI structured outputs guide; Taxonomy of Prompt Defects (arXiv 2509.14404), output
        format.
    """

    code = "FMT016"
    name = "parsed-without-format"
    severity = Severity.WARNING
    triggers = _SEEDS
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such sentence of each wording."""
        if prompt.prompt is not None and prompt.prompt.output is not None:
            return
        for wording in prompt.wordings:
            if any(message.is_shot for message in wording.messages):
                continue
            for message in wording.instructing:
                hits = near(message, _READ, _SEEDS, self.regions, before=80, after=80)
                match = next(hits, None)
                if match is not None and not names_a_format(wording):
                    text = "a program reads the answer, and no format is named"
                    yield self.found(prompt, message, match.span(), text)
                    break
