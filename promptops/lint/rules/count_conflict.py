"""CON004."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around, shape
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import NUMBER, number, phrase
from promptops.lint.rule import Rule
from promptops.lint.scope import about_the_answer, scope

_COUNT = phrase(
    r"\b(?P<how>exactly|only|at most|no more than|not more than|up to|maximum(?: of)?|max(?: of)?"
    r"|under|fewer than|less than|at least|no less than|no fewer than|minimum(?: of)?|more than"
    r"|over|(?<=answer[ ])in|(?<=respond[ ])in|(?<=reply[ ])in|within)"
    rf" (?P<n>{NUMBER}) (?P<unit>word|sentence|bullet point|bullet|item|paragraph|point|line"
    r"|character|example|question|step|option|idea|tip|reason)s?\b"
)
_SEEDS = ("exactly", "only", "at most", "more than", "up to", "max", "under", "fewer than",
          "less than", "at least", "minimum", "over ", "within ", "answer in", "respond in",
          "reply in")  # fmt: skip
_EXACT = {"exactly", "only", "in"}
_LOWER = {"at least", "no less than", "no fewer than", "minimum", "minimum of", "more than", "over"}
_START = re.compile(
    r"(?:[-*•\d.) ]{0,6})(?:answer|write|use|give|keep|limit|reply|respond|return)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Demand:
    message: ParsedMessage
    span: tuple[int, int]
    low: float
    high: float


class CountConflict(Rule):
    """Two numbers that cannot both hold.

    What it does:
        Flags "at least 200 words" in a prompt that says "at most 100 words" (or "in 100 words") of
        the same part of the answer, and the like for sentences, items, bullets and other units.
        Conditions, and parts with a name of their own, are no conflict.

    Why is this bad?
        No answer can satisfy both: every evaluation of the one fails the other.

    Example:
        Answer in at most 50 words. Write at least 120 words.

    Use instead:
        Answer in 50 to 120 words.

    What to do:
        Keep one number, or say which part of the answer each is about.

    Source:
        OpenAI prompt optimization cookbook, contradiction checker.
    """

    code = "CON004"
    name = "count-conflict"
    severity = Severity.ERROR
    version = 2
    shapes = (
        shape(
            r"(?:exactly|only|at most|more than|up to|maximum|maximum of|max|max of|under"
            r"|fewer than|less than|at least|minimum|minimum of|over|in|within)"
            r" (?:[0-9,]{1,6}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen"
            r"|twenty|fifty|hundred) (?:word|sentence|bullet|item|paragraph|point|line|character"
            r"|example|question|step|option|idea|tip|reason)"
        ),
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each demand that an earlier one excludes."""
        for wording in prompt.wordings:
            seen: dict[tuple[str, frozenset[str]], list[_Demand]] = {}
            for message in wording.instructing:
                for key, demand in self._demands(message):
                    for other in seen.setdefault(key, []):
                        if demand.low > other.high or demand.high < other.low:
                            words = other.message.text[other.span[0] : other.span[1]]
                            here = message.text[demand.span[0] : demand.span[1]]
                            text = f'"{here}" and "{words}" cannot both hold'
                            yield self.found(prompt, message, demand.span, text)
                            break
                    seen[key].append(demand)

    def _demands(
        self, message: ParsedMessage
    ) -> Iterator[tuple[tuple[str, frozenset[str]], _Demand]]:
        for match in near(message, _COUNT, _SEEDS, self.regions, before=4, after=48):
            start, end = sentence_around(message, match.start())
            sentence = message.lower[start:end]
            unit = match["unit"].split()[0]
            part = scope(sentence, without=frozenset({unit}))
            if part is None or not (about_the_answer(sentence) or _START.match(sentence)):
                continue
            how, n = " ".join(match["how"].split()), number(match["n"])
            low = n if how in _EXACT or how in _LOWER else 0
            high = float("inf") if how in _LOWER else n
            yield (unit, part), _Demand(message=message, span=match.span(), low=low, high=high)
