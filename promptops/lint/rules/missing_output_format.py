"""FMT001."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.labels import names_a_format
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_READERS = {"label_match", "json_fields", "json_valid"}


class MissingOutputFormat(Rule):
    """The answer is scored by reading it, and nothing says in what form.

    What it does:
        Flags a prompt file whose golden sets are scored by reading the answer (`label_match`,
        `json_fields`, `json_valid`), when it declares no output, shows no example answer, and has
        no word on a format, keys, labels or separators.

    Why is this bad?
        The form of the answer changes with model and version, and whatever reads it breaks.

    Example:
        messages: [{role: user, content: What is the message about?}]
        evals: [{id: gold, dataset: datasets/golden/x.jsonl, metrics: {label_match: {min: 0.5}}}]

    Use instead:
        messages: [{role: user, content: Which label fits the message - refund or other?}]
        evals: [{id: gold, dataset: datasets/golden/x.jsonl, metrics: {label_match: {min: 0.5}}}]

    What to do:
        Declare `output: {schema: …}`, or describe the form exactly.

    Source:
        OpenAI structured outputs guide; Taxonomy of Prompt Defects (arXiv 2509.14404), output
        format.
    """

    code = "FMT001"
    name = "missing-output-format"
    needs_file = True
    severity = Severity.WARNING
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding a wording, at the metric that reads."""
        if prompt.prompt is None or prompt.prompt.output is not None:
            return
        for number, item in enumerate(prompt.prompt.evals):
            if not _READERS & item.scorers:
                continue
            for wording in prompt.wordings:
                shows = any(message.is_shot for message in wording.messages)
                if not shows and not names_a_format(wording):
                    text = "an answer without a format is scored by reading it"
                    pointer = f"/evals/{number}/metrics"
                    yield self.found_at_key(prompt, pointer, text, variant=wording.variant)
            return
