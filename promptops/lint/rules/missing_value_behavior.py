"""FMT007."""

import json
import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("extract", "pull out", "parse out")
_LOOSE = (
    r"(?!(?:all|any|every|most|key|main|core|best|top|essential|important|relevant|insights|ideas"
    r"|up|as|at|more|actionable|meaningful|each|[0-9]{1,9})\b)"
)
_FIELD = (
    rf"{_LOOSE}[a-z][a-z'/-]{{1,20}}"
    r"(?: (?!and\b|from\b|in\b|of\b|for\b|to\b|into\b)[a-z'/-]{2,20}){0,2}"
)
_ASKS = phrase(
    r"(?:^|[.!?:\n][ \n]?(?:[-*•] |[0-9]{1,2}[.)] )?|\b(?:please|and|then|must|should|will"
    r"|task is to) )(?P<ask>(?:extract|pull out|parse out) (?:(?:the|these|this) )?"
    r"(?:following (?:fields?|information|data|details|values|attributes|properties)"
    rf"|{_FIELD}(?:, (?:the )?{_FIELD}){{1,6}},? and (?:the )?{_FIELD}"
    rf"|{_FIELD} and (?:the )?{_FIELD} (?:from|of|in) (?:the|this|each|an?|\{{\{{)"
    r"|(?!key\b|main\b|core\b|most\b|following\b|all\b|any\b)(?:[a-z-]{2,20} ){0,3}?"
    r"(?:number|date|name|amount|total|address|price|id|email|code|title|deadline|status)"
    r" (?:from|of|in) (?:the|this|each|an?|\{\{)))"
)
_NOUN = re.compile(
    r"\b(?:following|numbers?|dates?|names?|amounts?|totals?|address(?:es)?|prices?|ids?|emails?"
    r"|phone|codes?|titles?|deadlines?|status|company|location|customer|product|author|quantity"
    r"|currency|age|salary|vendor|sender|recipient|city|country|fields?)\b"
)
_ABSENT = re.compile(
    r"\b(?:absent|missing|not (?:found|present|mentioned|available|given|specified|stated|clear"
    r"|provided|contain|include|in the|exist)|none|unknown|empty|unavailable|null|n/a|blank"
    r"|optional"
    r"|no (?:such|value|match|information|entity)|if (?:available|present|any|provided|mentioned"
    r"|applicable|there (?:is|are) no)|where (?:available|present|applicable)|cannot (?:find|be"
    r" (?:found|determined))|can't find|doesn't|does not|omit|\bskip)\b"
)


class MissingValueBehavior(Rule):
    """Fields are extracted, and nothing says what to do when one is missing.

    What it does:
        Flags "extract the following fields", "extract the name, the date and the amount" (names,
        dates, numbers, addresses and the like) and "extract the order number from …" in a prompt
        that says nowhere what to return for a value that the text does not hold (null, "not
        found", empty, omit …). A declared output whose
        fields may be null or left out says it. "Extract all …" of something is not a field.

    Why is this bad?
        The model invents a value, or answers in prose that the reader cannot parse.

    Example:
        Extract the order number, the date and the amount from the message.

    Use instead:
        Extract the order number, the date and the amount from the message. Use null for a value
        that the message does not hold.

    What to do:
        Say what stands for a missing or invalid value.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), edge cases; OpenAI structured outputs guide
        (handling missing values).
    """

    code = "FMT007"
    name = "missing-value-behavior"
    severity = Severity.WARNING
    shapes = (shape(r"(?:extract|pull out|parse out) "),)
    tags = ("pd-specification", "owasp-llm09")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such demand of each wording."""
        output = prompt.prompt.output if prompt.prompt is not None else None
        if output is not None and _may_lack(output.schema_):
            return
        for wording in prompt.wordings:
            for message in wording.instructing:
                hits = near(message, _ASKS, _SEEDS, self.regions, before=20, after=260)
                match = next(hits, None)
                if match is None or not _NOUN.search(match["ask"]):
                    continue
                if not _ABSENT.search(wording.lower):
                    text = "nothing says what to return for a value that is not there"
                    yield self.found(prompt, message, match.span("ask"), text)
                    break


def _may_lack(schema: object) -> bool:
    """Whether a field of the declared output may be null or left out."""
    text = json.dumps(schema)
    if '"null"' in text or '"nullable"' in text:
        return True
    if not isinstance(schema, dict):
        return False
    fields, required = schema.get("properties"), schema.get("required", [])
    return isinstance(fields, dict) and isinstance(required, list) and set(fields) > set(required)
