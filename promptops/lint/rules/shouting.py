"""MOD003."""

import re
from collections.abc import Iterator

from promptops.lint.edits import with_fix
from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_SHOUT = re.compile(
    r"\b(?:MUST(?: NOT)?|NEVER|ALWAYS|CRITICAL|IMPORTANT|DO NOT|WARNING|EXTREMELY|ABSOLUTELY"
    r"|MANDATORY"
    r"|REQUIRED|STRICTLY|ONLY|VERY)\b"
)

_WORDS = ("MUST", "NEVER", "ALWAYS", "CRITICAL", "IMPORTANT", "DO NOT", "WARNING", "EXTREMELY",
          "ABSOLUTELY", "MANDATORY", "REQUIRED", "STRICTLY", "ONLY", "VERY")  # fmt: skip


class Shouting(Rule):
    """Capitals are used for emphasis all over.

    What it does:
        Flags a message with six or more shouted words ("MUST", "NEVER", "CRITICAL") of its
        instructions, at the first one. The fix writes them small.

    Why is this bad?
        Emphasis on everything ranks nothing, and recent models over-react to it: they refuse or
        call a tool where they need not.

    Example:
        CRITICAL: you MUST answer in German. NEVER use English. ALWAYS be polite. IMPORTANT: you
        MUST NOT guess. This is ABSOLUTELY required.

    Use instead:
        Answer in German and be polite. If you do not know, say so.

    What to do:
        State each rule once, in plain words, with its reason.

    Source:
        Anthropic migration guide for Claude 4.5 and 4.6; OpenAI GPT-5 prompting guide (Cursor).
    """

    code = "MOD003"
    name = "shouting"
    severity = Severity.INFO
    tags = ("pd-structure",)
    version = 2
    triggers = ("must", "never", "always", "critical", "important", "do not")
    defaults = {"most": 5}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first shouted word of each message that has too many."""
        for message in prompt.messages:
            if sum(map(message.text.count, _WORDS)) <= self.number("most"):
                continue
            shouts = list(message.find(_SHOUT, self.regions, cased=True))
            if len(shouts) > self.number("most"):
                text = f"{len(shouts)} words are shouted"
                found = self.found(prompt, message, shouts[0].span(), text)
                changes = [(match.span(), _calm(message.text, match)) for match in shouts]
                yield with_fix(found, message, "write the words small", changes, "unsafe")


def _calm(text: str, match: re.Match[str]) -> str:
    """The word in lower case, capitalized where a sentence or a line begins with it."""
    before = text[max(0, match.start() - 4) : match.start()].rstrip(" -*_")
    words = match.group().lower()
    begins = not before or before[-1] in ".!?\n:"
    return words.capitalize() if begins else words
