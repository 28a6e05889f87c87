"""FMT015."""

import json
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.labels import SEEDS, asks, is_complete, names_labels
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class MissingFallbackLabel(Rule):
    """Labels are listed, and none is for what fits no label.

    What it does:
        Flags "classify the … as refund or delivery" when neither the labels nor the text say what
        to answer when none fits: no "other", "unknown", "none", "unclear", "otherwise" or the
        like. Pairs that exclude each other (yes/no, positive/negative, spam) and scales are
        complete. Few-shot prompts are left alone.

    Why is this bad?
        Inputs that fit no label get one anyway, and are counted and routed by it.

    Example:
        Classify the customer message as refund, delivery or invoice.

    Use instead:
        Classify the customer message as refund, delivery, invoice or other.

    What to do:
        Add a label for the rest, and say when to use it.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), edge cases; Anthropic prompt engineering
        guide (give the model an out).
    """

    code = "FMT015"
    name = "missing-fallback-label"
    severity = Severity.INFO
    triggers = SEEDS
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such demand of each wording."""
        output = prompt.prompt.output if prompt.prompt is not None else None
        declared = json.dumps(output.schema_).lower() if output is not None else ""
        for wording in prompt.wordings:
            if any(message.is_shot for message in wording.messages):
                continue
            for message in wording.instructing:
                ask = next(asks(message, self.regions), None)
                if ask is None:
                    continue
                closed = names_labels(wording, ask[2]) or '"enum"' in declared
                if closed and not is_complete(wording) and '"other"' not in declared:
                    text = "no label is left for what fits none of them"
                    yield self.found(prompt, message, ask[:2], text)
                break
