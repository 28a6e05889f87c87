"""FMT004."""

import json
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.labels import SEEDS, asks, names_labels
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class OpenLabelSet(Rule):
    """A classification without its labels.

    What it does:
        Flags "classify the …", "categorize each …", "label the message", "assign a category" in a
        prompt that says nowhere which labels there are: none in the sentence, no list of labels,
        categories, types or levels, no shots, no enumeration in the declared output.

    Why is this bad?
        Every run invents labels of its own; nothing can be counted or routed by them.

    Example:
        Classify the customer message. Answer with one word.

    Use instead:
        Classify the customer message as refund, delivery or other. Answer with one word.

    What to do:
        List the labels and the one to use when none fits.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), underspecified output.
    """

    code = "FMT004"
    name = "open-label-set"
    severity = Severity.WARNING
    version = 2
    triggers = SEEDS
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such demand of each wording."""
        output = prompt.prompt.output if prompt.prompt is not None else None
        if output is not None and '"enum"' in json.dumps(output.schema_):
            return
        for wording in prompt.wordings:
            for message in wording.instructing:
                ask = next(asks(message, self.regions), None)
                if ask is not None and not names_labels(wording, ask[2]):
                    text = "nothing says which labels there are"
                    yield self.found(prompt, message, ask[:2], text)
                    break
