"""CON012."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around, shape
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule
from promptops.lint.scope import scope

_SIDES: dict[str, tuple[str, int]] = {
    "formal": ("register", 0), "informal": ("register", 1), "casual": ("register", 1),
    "colloquial": ("register", 1), "slangy": ("register", 1), "chatty": ("register", 1),
    "serious": ("mood", 0), "humorous": ("mood", 1), "funny": ("mood", 1), "playful": ("mood", 1),
    "witty": ("mood", 1), "comedic": ("mood", 1),
    "first": ("person", 0), "third": ("person", 1), "second": ("person", 2),
    "past": ("tense", 0), "present": ("tense", 1),
    "neutral": ("stance", 0), "impartial": ("stance", 0), "unbiased": ("stance", 0),
    "opinionated": ("stance", 1), "promotional": ("stance", 1), "sarcastic": ("stance", 1),
}  # fmt: skip
_ADJECTIVES = "|".join(
    word for word, (axis, _) in _SIDES.items() if axis not in ("person", "tense")
)
_LINKS = r"(?:[a-z]{3,14},? (?:and |but |yet )?){0,2}"
_TONE = phrase(
    r"\b(?:use|keep|maintain|adopt|write|answer|respond|reply|speak|stay|be|remain|sound)"
    r"(?: (?:it|your|the|tone|style|voice|language|responses?|answers?|in|with|very|always|strictly"
    r"|a|an|using|only)){0,5}"
    rf" {_LINKS}(?P<word>{_ADJECTIVES})\b(?=,? (?:(?:and|but|yet) )?(?:[a-z]{{3,14}} )?(?:tone"
    r"|style|voice|language"
    r"|register|manner|at all times|throughout)|[.;\n,]|$)"
    r"|\b(?:write|answer|respond|reply|speak|use|narrate|stay)(?: (?:it|the|everything|story|in"
    r"|from"
    r"|only|always|text)){0,4} (?P<person>first|second|third)[- ]person\b"
    r"|\b(?:write|answer|respond|reply|use|narrate|stay)(?: (?:it|the|everything|story|in|only"
    r"|always|text)){0,4} (?P<tense>past|present) tense\b"
)
_ADJECTIVE = re.compile(rf"\b(?:{_ADJECTIVES})\b")
_COUNTED = re.compile(r"\b(?:first|second|third)[- ]person")
_SEEDS = (*(word for word in _SIDES if word not in ("first", "second", "third", "past", "present")),
          "person", "tense")  # fmt: skip


class ToneConflict(Rule):
    """Two tones, persons or tenses that exclude each other.

    What it does:
        Flags "use a casual tone" in a prompt that also says "be formal" of the same part of the
        answer, and the same for serious against humorous, neutral against opinionated, first
        against second or third person, and past against present tense. Conditions, parts with a
        name of their own, and a blend in one sentence ("formal but playful") are no conflict.

    Why is this bad?
        No answer can be both; which one wins changes between calls.

    Example:
        Be formal. Explain the refund. Use a casual tone.

    Use instead:
        Explain the refund. Use a formal tone.

    What to do:
        Keep one, or say which part of the answer each is about.

    Source:
        OpenAI prompt optimization cookbook, contradiction checker; arXiv 2509.14404.
    """

    code = "CON012"
    name = "tone-conflict"
    severity = Severity.WARNING
    version = 2
    shapes = (
        shape(
            r"(?:tone|style|voice|language|register|manner|be|stay|sound|remain|a|an|in|use|very"
            r"|always|strictly) (?:[a-z]{3,14},? (?:and |but |yet )?){0,2}"
            r"(?:informal|casual|colloquial|slangy|chatty|humorous|funny|playful|witty|comedic"
            r"|opinionated|promotional|sarcastic)"
        ),
        r"(?:second|third)[^a-z]person",
        r"present[^a-z]{1,3}tense",
    )
    signs = ((_TONE,),)
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each tone that an earlier one excludes."""
        for wording in prompt.wordings:
            seen: dict[tuple[str, frozenset[str]], tuple[int, str, tuple[int, int, int]]] = {}
            for message in wording.instructing:
                for match in near(message, _TONE, _SEEDS, self.regions, before=110, after=60):
                    start, end = sentence_around(message, match.start())
                    sentence = _COUNTED.sub("person", message.lower[start:end])
                    part = scope(sentence, without=frozenset({"story", "message"}))
                    if part is None or self._is_negated(message, start, match):
                        continue
                    words = " ".join(message.text[match.start() : match.end()].split())
                    here = (message.index, start, end)
                    for axis, side in _sides(match):
                        before = seen.setdefault((axis, part), (side, words, here))
                        if before[0] != side and before[2] != here:
                            text = f'"{words}" contradicts "{before[1]}"'
                            yield self.found(prompt, message, match.span(), text)
                            break

    @staticmethod
    def _is_negated(message: ParsedMessage, start: int, match: re.Match[str]) -> bool:
        before = message.lower[start : match.end()]
        return bool(re.search(r"\b(?:not|never|avoid|without|than|or)\b|n't\b", before))


def _sides(match: re.Match[str]) -> list[tuple[str, int]]:
    """Axis and side of what a demand names: all of its adjectives, or a person or tense."""
    if match["word"]:
        return [_SIDES[word] for word in _ADJECTIVE.findall(match.group())]
    return [_SIDES[match["person"] or match["tense"]]]
