"""FMT009."""

from collections.abc import Iterator, Mapping
from typing import Any

from promptops.lint.finding import Finding, Severity
from promptops.lint.json_text import Shown, json_blocks, mask_slots, read
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.regions import Region
from promptops.lint.rule import Rule


class ExampleBreaksSchema(Rule):
    """An example answer that the declared output would refuse.

    What it does:
        Validates few-shot answers, and JSON objects shown in fences, against the prompt's
        `output.schema`. Values filled in by variables are not judged.

    Why is this bad?
        Models follow examples over descriptions: the prompt teaches answers that are then refused.

    Example:
        messages:
          - {role: system, content: Name the topic as JSON.}
          - {role: user, content: Where is my parcel?}
          - {role: assistant, content: '{"subject": "delivery"}'}
          - {role: user, content: Give me my money back.}
        output:
          schema: {type: object, required: [topic], properties: {topic: {type: string}}}

    Use instead:
        messages:
          - {role: system, content: Name the topic as JSON.}
          - {role: user, content: Where is my parcel?}
          - {role: assistant, content: '{"topic": "delivery"}'}
          - {role: user, content: Give me my money back.}
        output:
          schema: {type: object, required: [topic], properties: {topic: {type: string}}}

    What to do:
        Make the example what you want to receive, or correct the schema.

    Source:
        OpenAI prompt optimization cookbook, few-shot consistency checker; JSON Schema 2020-12.
    """

    tags = ("pd-structure",)
    code = "FMT009"
    name = "example-breaks-schema"
    needs_file = True
    severity = Severity.ERROR
    regions = frozenset({Region.EXAMPLE, Region.CODE})

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding an example."""
        if prompt.prompt is None or prompt.prompt.output is None:
            return
        schema = prompt.prompt.output.schema_
        for message in prompt.messages:
            for shown in _answers(message):
                if shown.sketch:
                    continue
                reason = _refusal(shown, schema, is_shot=message.role == "assistant")
                if reason:
                    start = shown.start + len(shown.text) - len(shown.text.lstrip())
                    end = shown.start + len(shown.text.rstrip())
                    text = f"the declared output refuses this example: {reason}"
                    yield self.found(prompt, message, (start, end), text)


def _answers(message: ParsedMessage) -> Iterator[Shown]:
    if message.role == "assistant":
        text = mask_slots(message.text)
        yield Shown(start=0, text=text, sketch=text != message.text)
    else:
        yield from json_blocks(message)


def _refusal(shown: Shown, schema: Mapping[str, Any], *, is_shot: bool) -> str:
    """Why the schema refuses the example; "" when it does not, or when it is another document."""
    value, problem = read(shown.text)
    if problem is not None:
        return "it is not JSON" if is_shot else ""
    if isinstance(value, dict) and "$schema" in value | {"properties": 0} and "type" in value:
        return ""
    from jsonschema import Draft202012Validator

    errors = sorted(Draft202012Validator(schema).iter_errors(value), key=lambda e: str(e.path))
    return errors[0].message if errors else ""
