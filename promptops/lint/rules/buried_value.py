"""VAR005."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Slot
from promptops.lint.rule import Rule
from promptops.lint.text import words

_OPENS = "\"'`“‘«<([{>:|=#"
_CLOSES = "\"'`”’»>)]}<|"
_FREE = {"string", "array", "object"}


class BuriedValue(Rule):
    """A long value stands in the middle of an instruction, with nothing around it.

    What it does:
        Flags a slot of free text (no enumeration, longer than `most_characters` or without a
        bound) that has words of the instruction before and behind it on its line, and neither
        quotes nor tags. Untrusted values are SEC012's.

    Why is this bad?
        The model cannot tell where the value ends and the instruction goes on; a value that reads
        like an instruction becomes one.

    Example:
        variables: {text: {type: string, max_length: 5000}}
        messages: [{role: user, content: "Summarize {{ text }} and keep to two sentences."}]

    Use instead:
        variables: {text: {type: string, max_length: 5000}}
        messages:
          - role: user
            content: "Summarize the text in two sentences. <text>{{ text }}</text>"

    What to do:
        Put the value between tags, on lines of its own.

    Source:
        Anthropic prompting best practices, XML tags; OpenAI GPT-4.1 prompting guide, delimiters.
    """

    code = "VAR005"
    name = "buried-value"
    severity = Severity.WARNING
    needs_file = True
    tags = ("owasp-llm01", "pd-structure")
    defaults = {"most_characters": 200}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such slot of each variable in each message."""
        for message in prompt.messages:
            if message.is_shot:
                continue
            seen: set[str] = set()
            for slot in message.slots:
                if slot.name in seen or not self._is_free(slot) or not _is_buried(message, slot):
                    continue
                seen.add(slot.name)
                value = message.text[slot.start : slot.end]
                yield self.found(
                    prompt,
                    message,
                    (slot.start, slot.end),
                    f'nothing shows where the long value "{slot.name}" ends',
                    fix=("put it between tags", f"<{slot.name}>{value}</{slot.name}>"),
                    applicability="display",
                )

    def _is_free(self, slot: Slot) -> bool:
        variable = slot.variable
        if variable is None or slot.untrusted or variable.enum or variable.type not in _FREE:
            return False
        return variable.max_length is None or variable.max_length > self.number("most_characters")


def _is_buried(message: ParsedMessage, slot: Slot) -> bool:
    text = message.text
    before = text[text.rfind("\n", 0, slot.start) + 1 : slot.start].rstrip()
    stop = text.find("\n", slot.end)
    after = text[slot.end : stop if stop >= 0 else len(text)].lstrip()
    if before[-1:] in _OPENS or after[:1] in _CLOSES:
        return False
    return bool(words(before)) and len(words(after)) >= 2
