"""FMT001."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_READERS = {"label_match", "json_fields", "json_valid"}
_SEEDS = ("parsed", "machine-read", "programmatically", "read by a", "consumed by",
          "processed by", "fed into", "loaded into", "inserted into")  # fmt: skip
_READ = phrase(
    r"\b(?:output|answer|response|result|reply|this|it)s? (?:will|is going to|shall|is|must|should)"
    r" be (?:automatically |directly )?(?:(?:parsed|read|consumed|processed)(?: directly"
    r"| automatically)? (?:by|with|using|programmatically|automatically)(?: (?:an?|the|our|code"
    r"|software|python|another|downstream)\b)?|fed into|loaded into (?:a|the|our)"
    r"|inserted into (?:a|the|our)|parsed\b|machine-readable)"
)
_FORMAT = re.compile(
    r"\b(?:json|xml|yaml|csv|tsv|html|markdown|sql|toml|table|schema|format|template|regex|keys?"
    r"|columns?|fields?|delimit|separated|per line|each line|on its own line|one word|single word"
    r"|one of|label|number only|only the|yes or no|integer|boolean|true or false|structure)"
)


class MissingOutputFormat(Rule):
    """A program reads the answer, and nothing says in what form.

    What it does:
        Flags a prompt file whose golden sets are scored by reading the answer (`label_match`,
        `json_fields`, `json_valid`) and "the output will be parsed by …" in any
        prompt, when there is no declared output, no shot, and no word on a format, keys, labels
        or separators.

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

    code = "FMT001"
    name = "missing-output-format"
    severity = Severity.WARNING
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding a wording, at the sentence, or at the metric that reads."""
        if prompt.prompt is not None and prompt.prompt.output is not None:
            return
        for wording in prompt.wordings:
            if any(message.is_shot for message in wording.messages):
                continue
            hits = (
                (message, match)
                for message in wording.instructing
                for match in near(message, _READ, _SEEDS, self.regions, before=70, after=60)
            )
            hit = next(hits, None)
            metric = self._metric(prompt)
            if (hit is None and not metric) or _FORMAT.search(wording.lower):
                continue
            text = "a program reads the answer, and no format is named"
            if hit is not None:
                yield self.found(prompt, hit[0], hit[1].span(), text)
            else:
                yield self.found_at_key(prompt, metric, text, variant=wording.variant)

    @staticmethod
    def _metric(prompt: ParsedPrompt) -> str:
        """The pointer of the first golden set that is scored by reading the answer; or ""."""
        for number, item in enumerate(prompt.prompt.evals if prompt.prompt is not None else ()):
            if _READERS & set(item.metrics):
                return f"/evals/{number}/metrics"
        return ""
