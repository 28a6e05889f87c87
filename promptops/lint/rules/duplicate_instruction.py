"""CON008."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.text import words

_FEWEST_WORDS = 6
_MARKUP = re.compile(r"[<>{}=|_`\"“\[]|\*\*|^#|\(\)|;$")


class DuplicateInstruction(Rule):
    """The same instruction stands twice.

    What it does:
        Flags a sentence of six words or more that repeats an earlier one, case and punctuation
        aside. Markup, code and labels are left alone, and so is a repetition at the other end of a
        long prompt: some guides advise it.

    Why is this bad?
        It costs tokens on every call, and the next edit changes one copy only.

    Example:
        Never mention the price of a competitor. Answer in two sentences.
        Never mention the price of a competitor.

    Use instead:
        Never mention the price of a competitor. Answer in two sentences.

    What to do:
        Delete one of the two.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), maintainability; OpenAI GPT-4.1 prompting
        guide on instructions at both ends of long context.
    """

    code = "CON008"
    name = "duplicate-instruction"
    severity = Severity.WARNING
    defaults = {"far_apart": 6000}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the second and later copies."""
        for wording in prompt.wordings:
            seen: dict[tuple[str, ...], int] = {}
            base = 0
            for message in wording.instructing:
                for span, key in self._sentences(message):
                    first = seen.setdefault(key, base + span[0])
                    apart = base + span[0] - first
                    if 0 < apart < self.number("far_apart"):
                        text = "this repeats an earlier instruction word for word"
                        yield self.found(prompt, message, span, text)
                base += len(message.text)

    def _sentences(
        self, message: ParsedMessage
    ) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
        for start, end in message.sentences:
            if message.region(start) not in self.regions:
                continue
            sentence = message.text[start:end]
            key = tuple(words(message.lower[start:end]))
            if len(key) >= _FEWEST_WORDS and sentence[-1] != ":" and not _MARKUP.search(sentence):
                yield (start, end), key
