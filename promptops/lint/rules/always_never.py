"""CON003."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.literals import Literals
from promptops.lint.nearby import at_word, sentence_around, starting
from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Wording
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_ALWAYS = phrase(
    r"(?:always|you must|make sure to|be sure to) (?:always )?(?P<act>[a-z][a-z' -]{3,60})"
)
_NEVER = phrase(
    r"(?:never|do not|don't|must not|you should not) (?:ever )?(?P<act>[a-z][a-z' -]{3,60})"
)
_DEMANDS = ("always", "you must", "make sure to", "be sure to")
_BANS = ("never", "do not", "don't", "must not", "you should not")
_WORDS = Literals((*_DEMANDS, *_BANS))
_EXCEPTION = re.compile(
    r"\b(?:if|when|unless|except|until|before|after|more than|other than|but|only)\b"
)
_EMPTY = frozenset(
    {"a", "an", "the", "your", "any", "all", "every", "to", "in", "of", "for", "with", "and", "or",
     "it", "its", "their", "this", "that"}
)  # fmt: skip
_LENGTH = 3
_VAGUE = frozenset({"have", "make", "take", "give", "keep", "need", "want", "like", "work", "come"})
"""Verbs that say little without what follows them."""


class AlwaysNever(Rule):
    """The same act is demanded and forbidden.

    What it does:
        Flags "never X", "do not X" or "you must not X" in a prompt that says "always X", "you must
        X" or "make sure to X" with the same first words (articles aside), neither with a condition
        or an exception; a ban of one word ("never apologize") forbids the act as a whole. Every
        pair of messages is compared, system against user too.

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
    version = 3
    triggers = _DEMANDS
    signs = ((_ALWAYS, _NEVER),)
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each prohibition that a demand contradicts."""
        for wording in prompt.wordings:
            if not self._could_clash(wording):
                continue
            demands: dict[tuple[str, ...], tuple[ParsedMessage, re.Match[str]]] = {}
            for message in wording.instructing:
                for act, match in self._acts(message, _ALWAYS, _DEMANDS):
                    demands.setdefault(act, (message, match))
                    demands.setdefault(act[:1], (message, match))
            if not demands:
                continue
            for message in wording.instructing:
                for act, match in self._acts(message, _NEVER, _BANS):
                    if act not in demands or self._excepted(message, match):
                        continue
                    if not self._excepted(*demands[act]):
                        words = " ".join(demands[act][1].group().split())
                        text = f'this contradicts "{words}"'
                        yield self.found(prompt, message, match.span(), text)

    def _could_clash(self, wording: Wording) -> bool:
        """Whether anything is both demanded and banned, in whatever kind of text.

        Knowing the regions costs more than all the rest, and few texts come as far as that.
        """
        demanded: set[tuple[str, ...]] = set()
        banned: set[tuple[str, ...]] = set()
        for message in wording.instructing:
            for at, number in _WORDS.places(message.lower):
                pattern, acts = (_ALWAYS, demanded) if number < len(_DEMANDS) else (_NEVER, banned)
                match = at_word(pattern, message.lower, at)
                if match and (act := _act(message, match)):
                    acts.add(act)
        return not banned.isdisjoint(demanded | {act[:1] for act in demanded})

    def _acts(
        self,
        message: ParsedMessage,
        pattern: re.Pattern[str],
        seeds: tuple[str, ...],
    ) -> Iterator[tuple[tuple[str, ...], re.Match[str]]]:
        for match in starting(message, pattern, seeds, self.regions):
            if act := _act(message, match):
                yield act, match

    @staticmethod
    def _excepted(message: ParsedMessage, match: re.Match[str]) -> bool:
        start, end = sentence_around(message, match.start())
        return bool(_EXCEPTION.search(message.lower, start, end))


def _act(message: ParsedMessage, match: re.Match[str]) -> tuple[str, ...]:
    """The first words of the act, articles aside; empty when they tell too little."""
    content = [word for word in match["act"].split() if word not in _EMPTY]
    if len(content) > 1 or (content and _is_whole(message, match, content[0])):
        return tuple(content[:_LENGTH])
    return ()


def _is_whole(message: ParsedMessage, match: re.Match[str], word: str) -> bool:
    """Whether an act of one word is all that its sentence says."""
    end = message.lower[match.end() : match.end() + 1]
    return len(word) > 3 and word not in _VAGUE and (not end or end in ".!;\n")
