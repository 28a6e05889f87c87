"""FMT004."""

import json
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt, Wording
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_ASKS = phrase(
    r"(?:^|[.!?:\n] ?|\b(?:please|to|and|then|must|should|will) )"
    r"(?:classify|categori[sz]e) (?:the|this|each|every|it|all|incoming|given|\{\{)\b[^.;:\n]{0,80}"
)
_LISTED = phrase(
    r"\b(?:into|as|one of|either|labels?|categor(?:y|ies)|class(?:es)?|types?|topics?|following"
    r"|according to|based on|using|taxonomy|whether|by)\b"
)


class OpenLabelSet(Rule):
    """A classification without its labels.

    What it does:
        Flags "classify the …" in a prompt that names no labels: none in the sentence, no shots,
        no enumeration in the declared output.

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
    triggers = ("classify", "categori")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such demand of each wording."""
        output = prompt.prompt.output if prompt.prompt is not None else None
        if output is not None and '"enum"' in json.dumps(output.schema_):
            return
        for wording in prompt.wordings:
            if any(message.is_shot for message in wording.messages) or _lists_labels(wording):
                continue
            for message in wording.instructing:
                match = next(message.find(_ASKS, self.regions), None)
                if match is not None and not _LISTED.search(match.group()):
                    text = "nothing says which labels there are"
                    yield self.found(prompt, message, match.span(), text)
                    break


def _lists_labels(wording: Wording) -> bool:
    words = ("label", "categories", "classes", "one of", "either ", "following", " types", "topics")
    return any(word in wording.lower for word in words)
