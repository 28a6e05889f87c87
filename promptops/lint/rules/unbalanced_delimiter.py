"""FMT005."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.regions import Region, fences
from promptops.lint.rule import Rule

_TAG_LINE = re.compile(
    r"^[ \t]{0,8}<(/?)([a-z][a-z0-9_-]{1,40})(?: [a-z:_-]{1,30}=[^<>\n]{0,80})?>[ \t]{0,4}$",
    re.MULTILINE,
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
     "track", "wbr"}
)  # fmt: skip


class UnbalancedDelimiter(Rule):
    """A section is opened and not closed, or closed and not opened.

    What it does:
        Flags code fences without their end, and XML tags on a line of their own whose partner is
        missing from the message.

    Why is this bad?
        The model cannot tell where data ends and instructions go on; an injected text gains from
        the same doubt.

    Example:
        Summarize the document.
        <document>
        {{ text }}

    Use instead:
        Summarize the document.
        <document>
        {{ text }}
        </document>

    What to do:
        Close it, or delete the half that is left.

    Source:
        Anthropic prompt engineering guide on XML tags; CommonMark 0.31 section 4.5.
    """

    code = "FMT005"
    name = "unbalanced-delimiter"
    severity = Severity.WARNING
    regions = frozenset({Region.INSTRUCTION, Region.EXAMPLE})
    version = 2
    tags = ("pd-structure",)
    triggers = ("<", "```", "~~~")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield fences, then tags."""
        for message in prompt.messages:
            if "```" in message.text or "~~~" in message.text:
                for span in fences(message.text)[1]:
                    yield self.found(prompt, message, span, "this code fence is never closed")
            if "<" in message.text:
                yield from self._tags(prompt, message)

    def _tags(self, prompt: ParsedPrompt, message: ParsedMessage) -> Iterator[Finding]:
        lines = [
            match
            for match in near(
                message, _TAG_LINE, ("<",), self.regions, before=9, after=130, cased=True
            )
            if match.group(2) not in _VOID
        ]
        for match in lines:
            closing, name = match.groups()
            partner = f"<{name}" if closing else f"</{name}>"
            if partner not in message.text:
                tag = match.group().strip()
                start = match.start() + match.group().index("<")
                what = "closes what nothing opened" if closing else "is never closed"
                text = f"{tag} {what}"
                yield self.found(prompt, message, (start, start + len(tag)), text)
