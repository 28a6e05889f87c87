"""FMT003."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.json_text import json_blocks, read
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule


class InvalidJsonExample(Rule):
    """A JSON example is not JSON.

    What it does:
        Parses the fenced blocks marked `json`, with template tags masked, and flags those that
        do not parse. Sketches ("…", comments, placeholders in brackets) are left alone.

    Why is this bad?
        Models copy the form of examples, trailing commas included.

    Example:
        Answer like this:

        ```json
        {"topic": "refund", "urgent": true,}
        ```

    Use instead:
        Answer like this:

        ```json
        {"topic": "refund", "urgent": true}
        ```

    What to do:
        Correct the example so that a JSON parser reads it.

    Source:
        RFC 8259; OpenAI prompt optimization cookbook, few-shot consistency checker.
    """

    tags = ("pd-structure",)
    code = "FMT003"
    name = "invalid-json-example"
    severity = Severity.ERROR
    regions = WRITTEN
    triggers = ("```json", "~~~json")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding a block, at the character where it breaks."""
        for message in prompt.messages:
            for block in json_blocks(message):
                _, problem = read(block.text)
                if problem is None or block.sketch or not block.text.strip():
                    continue
                at = block.start + min(problem.pos, len(block.text.rstrip()) - 1)
                text = f"this example is not valid JSON: {problem.msg.lower()}"
                yield self.found(prompt, message, (at, at + 1), text)
