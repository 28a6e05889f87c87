"""MOD009."""

from collections.abc import Iterator, Mapping

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.targets import calls


class JsonModeWithoutJson(Rule):
    """JSON mode is switched on and the messages do not speak of JSON.

    What it does:
        Flags `response_format: {type: json_object}` when the word "JSON" is in no
        message that it is sent with; a variant is checked with the parameters it inherits.

    Why is this bad?
        OpenAI and DeepSeek refuse the request; other providers may write spaces without end.

    Example:
        model: {params: {response_format: {type: json_object}}}
        messages: [{role: user, content: List the fields of an invoice.}]

    Use instead:
        model: {params: {response_format: {type: json_object}}}
        messages: [{role: user, content: 'List the fields of an invoice as JSON: {"fields": []}'}]

    What to do:
        Ask for JSON in a message, or declare `output: {schema: …}` instead of JSON mode.

    Source:
        OpenAI API reference, response_format; DeepSeek API guide, JSON output.
    """

    code = "MOD009"
    name = "json-mode-without-json"
    severity = Severity.ERROR
    tags = ("pd-specification",)
    needs_file = True
    version = 2

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding a wording whose parameters switch JSON mode on."""
        for call in calls(prompt):
            mode = call.params.get("response_format")
            kind = mode.get("type") if isinstance(mode, Mapping) else mode
            if kind != "json_object" or any("json" in message.lower for message in call.messages):
                continue
            text = 'JSON mode is on, but no message says "JSON"'
            pointer = call.pointer("response_format")
            yield self.found_at_key(prompt, pointer, text, variant=call.variant)
