"""FMT010."""

from collections.abc import Iterator
from typing import Any

from promptops.core.suggest import did_you_mean
from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule

_SEEDS = ("otherwise", "if none", "else", "if unsure", "if unclear", "if it is unclear",
          "if you are unsure", "if you are not sure", "if no ", "if nothing", "when none",
          "when nothing", "when unsure", "when in doubt", "if in doubt")  # fmt: skip
_FALLBACK = phrase(
    r"\b(?:otherwise|else|(?:if|when) (?:none|no|nothing|unsure|unclear|it is|you are|in doubt)"
    r"[^.,\n]{0,40}?)[,:]? (?:please )?(?:answer|respond|return|output|use|reply|classify|label"
    r"|write"
    r"|say|choose|pick|set [a-z_\"'`]{1,20} to)(?: with| it| as| the| label| category| value"
    r"| to){0,3}"
    r" (?:[\"'`“](?P<quoted>[\w /-]{2,30})[\"'`”]|(?P<bare>[\w-]{2,20})(?=[.;,\n]|$))"
)


class UndeclaredFallback(Rule):
    """The prompt names an answer that its declared output refuses.

    What it does:
        Flags "otherwise answer other" (also "if none fits", "if unsure", "else") when the declared
        output has an `enum` and the answer named is not one of its members.

    Why is this bad?
        Just the unclear cases fail: the answer the prompt asks for does not validate.

    Example:
        messages:
          - {role: user, content: Name the topic as JSON. If none fits use `other`.}
        output:
          schema: {properties: {topic: {enum: [refund, delivery]}}}

    Use instead:
        messages:
          - {role: user, content: Name the topic as JSON. If none fits use `other`.}
        output:
          schema: {properties: {topic: {enum: [refund, delivery, other]}}}

    What to do:
        Add it to the `enum`, or name a member.

    Source:
        JSON Schema 2020-12, validation of enum; OpenAI prompt optimization cookbook, format
        checker.
    """

    code = "FMT010"
    name = "undeclared-fallback"
    severity = Severity.ERROR
    regions = WRITTEN
    triggers = _SEEDS
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each fallback that is no member of any enumeration of the output."""
        if prompt.prompt is None or prompt.prompt.output is None:
            return
        members = set(_members(prompt.prompt.output.schema_))
        known = {str(member).lower() for member in members}
        if not known:
            return
        for wording in prompt.wordings:
            for message in wording.instructing:
                for match in near(message, _FALLBACK, _SEEDS, self.regions, before=4, after=140):
                    group = "quoted" if match["quoted"] else "bare"
                    if match[group] in known or match[group] in {"json", "null", "it", "them"}:
                        continue
                    words = message.text[slice(*match.span(group))]
                    near_one = did_you_mean(words, sorted(str(member) for member in members))
                    text = f'the declared output has no "{words}"'
                    yield self.found(
                        prompt,
                        message,
                        match.span(group),
                        f"{text}; {near_one}" if near_one else text,
                    )


def _members(schema: Any) -> Iterator[Any]:
    """The members of every enumeration in a schema."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "enum" and isinstance(value, list | tuple):
                yield from (member for member in value if isinstance(member, str))
            elif key == "const" and isinstance(value, str):
                yield value
            else:
                yield from _members(value)
    elif isinstance(schema, list | tuple):
        for value in schema:
            yield from _members(value)
