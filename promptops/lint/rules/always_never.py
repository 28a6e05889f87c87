"""CON003."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_ALWAYS = phrase(r"\b(?:always|you must|make sure to|be sure to) (?P<act>[a-z][a-z' -]{5,60})")
_NEVER = phrase(r"\b(?:never|do not|don't|must not|you should not) (?P<act>[a-z][a-z' -]{5,60})")
_EXCEPTION = re.compile(
    r"\b(?:if|when|unless|except|until|before|after|more than|other than|but|only)\b"
)
_EMPTY = frozenset(
    {"a", "an", "the", "your", "any", "all", "every", "to", "in", "of", "for", "with", "and", "or",
     "it", "its", "their", "this", "that"}
)  # fmt: skip
_LENGTH = 3


class AlwaysNever(Rule):
    """The same act is demanded and forbidden.

    What it does:
        Flags "never X" in a prompt that says "always X" with the same words, neither with a
        condition.

    Why is this bad?
        The model follows one of the two, by chance.

    Example:
        Always include a legal disclaimer. Never include a legal disclaimer in the answer.

    Use instead:
        Always include a legal disclaimer.

    What to do:
        Delete one, or say when each applies.

    Source:
        OpenAI GPT-5 prompting guide, contradictory instructions ("CareFlow" example).
    """

    code = "CON003"
    name = "always-never"
    severity = Severity.ERROR
    triggers = ("never", "do not", "don't", "must not", "should not")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each prohibition that a demand contradicts."""
        for wording in prompt.wordings:
            demands: dict[tuple[str, ...], str] = {}
            for message in wording.instructing:
                for act, match in self._acts(message, _ALWAYS):
                    demands.setdefault(act, message.text[match.start() : match.end()])
            if not demands:
                continue
            for message in wording.instructing:
                for act, match in self._acts(message, _NEVER):
                    if act in demands:
                        text = f'this contradicts "{" ".join(demands[act].split())}"'
                        yield self.found(prompt, message, match.span(), text)

    def _acts(
        self, message: ParsedMessage, pattern: re.Pattern[str]
    ) -> Iterator[tuple[tuple[str, ...], re.Match[str]]]:
        for match in message.find(pattern, self.regions):
            start, end = message.sentence_at(match.start())
            if _EXCEPTION.search(message.lower, start, end):
                continue
            content = [word for word in match["act"].split() if word not in _EMPTY]
            if len(content) >= _LENGTH:
                yield tuple(content[:_LENGTH]), match
