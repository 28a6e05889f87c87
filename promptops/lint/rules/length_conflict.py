"""CON001."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule
from promptops.lint.scope import scope

_SHORT = phrase(
    r"\b(?:(?:be|stay|keep (?:it|this|your (?:answers?|responses?|repl(?:y|ies))|the (?:answer"
    r"|response|reply))) (?:very |as |extremely )?(?:brief|concise|short|succinct|terse)"
    r"|(?:answer|respond|reply) (?:very )?(?:briefly|concisely|succinctly)"
    r"|(?:answer|respond|reply) (?:only )?(?:in|with) (?:just |only )?(?:one|a single) (?:word"
    r"|sentence|line))\b"
)
_LONG = phrase(
    r"\b(?:(?:in|with) (?:exhaustive|great|extensive|full|extreme|as much"
    r"|the greatest) (?:possible )?"
    r"details?|as (?:detailed|long|thorough|comprehensive) as possible|leave nothing out"
    r"|(?:be|stay) (?:very |as |extremely |highly )?(?:detailed|verbose|exhaustive|long)"
    r"|(?:answer|respond|reply|explain(?: everything)?) (?:exhaustively|at length|in depth))\b"
)


class LengthConflict(Rule):
    """Short and long are both demanded of the same text.

    What it does:
        Flags a demand for length ("in exhaustive detail") in a prompt that demands brevity for
        the same part of the answer ("be brief"). Conditions, and parts with a name of their own
        (a brief summary, a detailed appendix), are no conflict.

    Why is this bad?
        The model follows one of the two, by chance; reasoning models spend tokens on the choice.

    Example:
        Be brief. Explain everything in exhaustive detail.

    Use instead:
        Answer in at most three sentences, then list every exception.

    What to do:
        Keep one, or say which part of the answer each is about.

    Source:
        OpenAI GPT-5 prompting guide, contradictory instructions; OpenAI prompt optimization
        cookbook, contradiction checker.
    """

    code = "CON001"
    name = "length-conflict"
    severity = Severity.ERROR
    triggers = ("detail", "as long as", "verbose", "exhaustive", "at length", "in depth",
                "nothing out", "comprehensive", "thorough", "be long")  # fmt: skip

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the long demand of the first pair in each wording."""
        for wording in prompt.wordings:
            short = [hit for m in wording.instructing for hit in self._demands(m, _SHORT)]
            long = [hit for m in wording.instructing for hit in self._demands(m, _LONG)]
            for message, span, part in long:
                rival = next((s for s in short if s[2] == part and s[:2] != (message, span)), None)
                if rival is None:
                    continue
                words = rival[0].text[rival[1][0] : rival[1][1]]
                here = message.text[span[0] : span[1]]
                yield self.found(prompt, message, span, f'"{here}" contradicts "{words}"')
                break

    def _demands(
        self, message: ParsedMessage, pattern: re.Pattern[str]
    ) -> Iterator[tuple[ParsedMessage, tuple[int, int], frozenset[str]]]:
        for match in message.find(pattern, self.regions):
            start, end = message.sentence_at(match.start())
            part = scope(message.lower[start:end])
            if part is not None:
                yield message, match.span(), part
