"""FMT006."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_BLANK = re.compile(r"\n[ \t]{0,80}\n")
_PROSE = 8  # words a line, on average; lists, tables and JSON have fewer
_JSON = re.compile(r"\s{0,9}(?:\{\s{0,40}\"|\[\s{0,40}[{\"])")
_LIST_ITEM = re.compile(r"\n[ \t]{0,20}(?:[-*•]|\d{1,3}[.)]|#)")


class WallOfText(Rule):
    """A long stretch of instructions without any structure.

    What it does:
        Flags a paragraph of instructions with more than 250 words and no list; JSON is left
        alone.

    Why is this bad?
        Single rules get lost in it, for models and for the people who edit it.

    Example:
        Keep every answer plain and short for the people who read it. × 30

    Use instead:
        # Style
        - Keep every answer plain.
        - Keep every answer short.

    What to do:
        Break it into sections and lists.

    Source:
        OpenAI GPT-4.1 prompting guide, prompt structure; Anthropic guide on clear structure.
    """

    code = "FMT006"
    name = "wall-of-text"
    severity = Severity.INFO
    version = 2
    tags = ("pd-structure",)
    defaults = {"most_words": 250}

    def concerns(self, text: str) -> bool:
        """Whether a paragraph is long enough to have so many words."""
        shortest = self.number("most_words") * 3
        return len(text) >= shortest and max(map(len, text.split("\n\n"))) >= shortest

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each paragraph that is too long."""
        most = self.number("most_words")
        for message in prompt.messages:
            longest = max(map(len, message.text.split("\n\n")))
            if message.is_shot or longest < most * 3:  # no paragraph can be longer than that
                continue
            for start, end in _paragraphs(message.text):
                if _JSON.match(message.text, start):
                    continue  # JSON has its own structure
                if end - start < most * 3 or _LIST_ITEM.search(message.text, start, end):
                    continue
                lines = message.text.count("\n", start, end) + 1
                if len(message.text[start:end].split()) <= max(most, _PROSE * lines):
                    continue  # regions only take words away
                count = len(message.instructions[start:end].split())
                if count > most and count / lines > _PROSE:
                    text = f"{count} words of instructions without a break"
                    yield self.found(prompt, message, (start, min(end, start + 60)), text)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _BLANK.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)
