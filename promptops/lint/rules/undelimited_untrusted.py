"""SEC012."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Slot
from promptops.lint.regions import fenced
from promptops.lint.rule import Rule

_TAG = re.compile(r"<(/?)([A-Za-z][\w-]{0,40})(?: [^<>\n]{0,80})?>")
_LABELED = re.compile(r"^[ \t#*_>-]{0,8}[^\n:.!?]{1,40}:[*_]{0,2}", re.MULTILINE)
_QUOTES = (("\"\"\"", "\"\"\""), ('"', '"'), ("'''", "'''"), ("“", "”"), ("`", "`"), ("---", "---"),
           ("===", "==="), ("###", "###"), ("«", "»"))  # fmt: skip


class UndelimitedUntrusted(Rule):
    """Nothing shows where an untrusted value begins and ends.

    What it does:
        Flags a slot for an untrusted value that stands among instructions without tags, quotes, a
        fence or rulers around it. A user message that holds nothing but labeled values is fine
        when the instructions are in the system message: the role is the boundary.

    Why is this bad?
        The model cannot tell an instruction inside the value from one of yours.

    Example:
        messages:
          - {role: user, content: "Summarize {{ review }} and answer in English."}
        variables:
          review: {type: string, trust: untrusted, max_length: 2000}

    Use instead:
        messages:
          - role: user
            content: |-
              Summarize the review in English.
              <review>
              {{ review }}
              </review>
        variables:
          review: {type: string, trust: untrusted, max_length: 2000}

    What to do:
        Put tags around it, such as <review>…</review>, and say that what they hold is data.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM01; Anthropic guide on XML tags.
    """

    code = "SEC012"
    name = "undelimited-untrusted"
    severity = Severity.WARNING
    needs_file = True
    tags = ("owasp-llm01",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such slot of each variable in each message."""
        for wording in prompt.wordings:
            has_system = any(message.role == "system" for message in wording.messages)
            for message in wording.instructing:
                if not any(slot.untrusted for slot in message.slots):
                    continue
                if _holds_only_values(message) and (
                    has_system or not _LABELED.search(message.text)
                ):
                    continue
                seen: set[str] = set()
                for slot in message.slots:
                    if (
                        slot.untrusted
                        and slot.name not in seen
                        and not _is_delimited(message, slot)
                    ):
                        seen.add(slot.name)
                        text = f'nothing marks where the untrusted "{slot.name}" begins and ends'
                        yield self.found(prompt, message, (slot.start, slot.end), text)


def _holds_only_values(message: ParsedMessage) -> bool:
    return not re.search(r"\w", _TAG.sub("", _LABELED.sub("", message.instructions)))


def _is_delimited(message: ParsedMessage, slot: Slot) -> bool:
    if any(start <= slot.start < end for start, end in fenced(message.text)):
        return True
    before, after = message.text[: slot.start].rstrip(), message.text[slot.end :].lstrip()
    if any(before.endswith(left) and after.startswith(right) for left, right in _QUOTES):
        return True
    opened: list[str] = []
    for match in _TAG.finditer(before):
        if not match.group(1):
            opened.append(match.group(2))
        elif match.group(2) in opened:
            opened.remove(match.group(2))
    return any(f"</{name}>" in after for name in opened)
