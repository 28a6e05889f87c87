"""ECO007."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.regions import Region
from promptops.lint.rule import Rule
from promptops.lint.text import estimated_tokens

_PARAGRAPH = re.compile(r"[^\n]{1,9000}(?:\n[^\n]{1,9000}){0,400}")


class RepeatedBlock(Rule):
    """The same block of text stands in two messages.

    What it does:
        Flags a paragraph of instructions of at least `least_characters` that an earlier message of
        the same wording holds too, word for word. A prompt with a value of `long_values` or more
        characters may repeat its rules behind it.

    Why is this bad?
        It is paid for twice on every call, and the copies drift apart when only one is edited.

    Example:
        messages:
          - role: system
            content: "You sort tickets of the web shop. Use the label delivery for parcels that
              are late, lost or damaged, and refund for money that is owed to the customer. Use
              account for log-in trouble, and other for the rest."
          - role: user
            content: "You sort tickets of the web shop. Use the label delivery for parcels that
              are late, lost or damaged, and refund for money that is owed to the customer. Use
              account for log-in trouble, and other for the rest."

    Use instead:
        messages:
          - role: system
            content: "You sort tickets of the web shop. Use the label delivery for parcels that
              are late, lost or damaged, and refund for money that is owed to the customer. Use
              account for log-in trouble, and other for the rest."
          - {role: user, content: "Sort this ticket: my parcel is late."}

    What to do:
        Keep it in the system message.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), efficiency and maintainability.
    """

    code = "ECO007"
    name = "repeated-block"
    severity = Severity.WARNING
    needs_file = True
    tags = ("pd-efficiency", "pd-maintainability")
    defaults = {"least_characters": 160, "long_values": 8000}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the later one of two copies."""
        if prompt.prompt is None:
            return
        for wording in prompt.wordings:
            if len(wording.instructing) < 2 or self._is_long(wording.instructing):
                continue
            seen: dict[str, int] = {}
            for message in wording.instructing:
                for match in _PARAGRAPH.finditer(message.text):
                    block = " ".join(match.group().split())
                    if len(block) < self.number("least_characters") or not _instructs(
                        message, match
                    ):
                        continue
                    if seen.setdefault(block, message.index) != message.index:
                        text = (
                            f"message {seen[block] + 1} says the same"
                            f" (about {estimated_tokens(block)} tokens)"
                        )
                        yield self.found(
                            prompt,
                            message,
                            match.span(),
                            text,
                            fix=("delete this copy", ""),
                            applicability="unsafe",
                        )

    def _is_long(self, messages: tuple[ParsedMessage, ...]) -> bool:
        sizes = [
            slot.variable.max_length or 0
            for message in messages
            for slot in message.slots
            if slot.variable is not None
        ]
        return max(sizes, default=0) >= self.number("long_values")


def _instructs(message: ParsedMessage, match: re.Match[str]) -> bool:
    return message.region(match.start()) is Region.INSTRUCTION and not any(
        match.start() <= slot.start < match.end() for slot in message.slots
    )
