"""ECO004."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt, Slot
from promptops.lint.rule import Rule
from promptops.lint.text import estimated_tokens


class VolatilePrefix(Rule):
    """A value that changes stands before a long text that does not.

    What it does:
        Flags the first slot of a prompt when at least 1,024 tokens (estimated) of fixed text
        follow it. Variables with an enumeration of at most eight values are left alone.

    Why is this bad?
        Providers cache the beginning of a prompt up to the first difference: everything behind
        the value is paid for in full on every call.

    Example:
        Today is {{ date }}.
        Answer questions about the web shop politely and in two sentences. × 80

    Use instead:
        Answer questions about the web shop politely and in two sentences. × 80
        Today is {{ date }}.

    What to do:
        Move the value behind the fixed text.

    Source:
        OpenAI prompt caching guide (prefixes from 1,024 tokens); Anthropic and DeepSeek caching.
    """

    code = "ECO004"
    name = "volatile-prefix"
    severity = Severity.WARNING
    defaults = {"least_tokens": 1024, "few_values": 8}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield at most one finding a wording."""
        for wording in prompt.wordings:
            fixed = [
                message.only(self.regions | {message.region(0)}) for message in wording.messages
            ]
            for index, message in enumerate(wording.messages):
                slot = next((slot for slot in message.slots if self._is_volatile(slot)), None)
                if slot is None:
                    continue
                behind = [" ".join(text.split()) for text in fixed[index + 1 :]]
                behind.append(" ".join(message.text[slot.end :].split()))
                tokens = sum(map(estimated_tokens, behind))
                if tokens >= self.number("least_tokens"):
                    text = f"about {tokens} tokens of fixed text behind this value are never cached"
                    yield self.found(prompt, message, (slot.start, slot.end), text)
                break

    def _is_volatile(self, slot: Slot) -> bool:
        if slot.variable is None:
            return True
        values = len(slot.variable.enum)
        return not 0 < values <= self.number("few_values") and slot.variable.type != "boolean"
