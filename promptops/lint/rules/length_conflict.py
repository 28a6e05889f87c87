"""CON001."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around, shape
from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Wording
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule
from promptops.lint.scope import scope

_SHORT_SEEDS = ("brief", "concise", "short", "succinct", "terse", "one word", "single word",
                "one sentence", "single sentence", "one line", "single line",
                "to the point")  # fmt: skip
_LONG_SEEDS = ("detail", "as long", "verbose", "exhaustive", "at length", "in depth", "in-depth",
               "nothing out", "comprehensive", "thorough", "be long", "lengthy",
               "elaborate")  # fmt: skip
_ANSWER = r"(?:answers?|responses?|repl(?:y|ies)|output|explanations?)"
_SHORT = phrase(
    rf"\b(?:(?:be|stay|remain|keep (?:it|this|things|(?:your|the|all) {_ANSWER}))"
    r" (?:very |as |extremely |always )?(?:brief|concise|short|succinct|terse|to the point)"
    r"|(?:answer|respond|reply) (?:very )?(?:briefly|concisely|succinctly)"
    r"|(?:answer|respond|reply)(?: only)? (?:in|with) (?:just |only )?(?:one|a single) (?:word"
    r"|sentence|line)"
    rf"|(?:give|provide|write|return)(?: a| an| only)? (?:very )?(?:brief|concise|short|succinct"
    rf"|terse) {_ANSWER}"
    rf"|{_ANSWER} (?:must|should) be (?:very |as )?(?:brief|concise|short|succinct|terse))\b"
)
_LONG = phrase(
    r"\b(?:(?:in|with) (?:exhaustive|great|extensive|full|extreme|much|as much"
    r"|the greatest) (?:possible )?details?(?: as possible)?"
    r"|as (?:detailed|long|thorough|comprehensive|exhaustive) as possible|leave nothing out"
    r"|(?:be|stay) (?:very |as |extremely |highly )?(?:detailed|verbose|exhaustive|long|thorough"
    r"|comprehensive|lengthy)(?! (?:list|enough))"
    rf"|(?:give|provide|write|return)(?: a| an)? (?:very |highly |extremely )?(?:long|lengthy"
    rf"|exhaustive|detailed|comprehensive|thorough|in-depth|elaborate) {_ANSWER}"
    rf"|{_ANSWER} (?:must|should) be (?:very |as )?(?:long|detailed|exhaustive|thorough"
    r"|comprehensive|lengthy)"
    r"|(?:answer|respond|reply|explain(?: everything)?) (?:exhaustively|at length|in depth"
    r"|thoroughly|in detail))\b"
)


_TINY_SEEDS = ("one word", "single word", "one sentence", "single sentence", "one line",
               "single line")  # fmt: skip
_TINY = phrase(
    r"(?:(?<![^\n])|(?<=[.!?:;*-]\s)|(?<=\balways\s)|(?<=\bmust\s))(?:always |only ){0,2}"
    r"(?:answer|respond|reply)(?: only)? (?:in|with) (?:just |only |exactly )?(?:one|a single)"
    r" (?:word|sentence|line)(?=[.!;\n]|$)"
)
_PARAGRAPHS = phrase(
    r"(?:(?<![^\n])|(?<=[.!?:;*-]\s)|(?<=\balways\s)|(?<=\bmust\s))(?:always )?"
    r"(?:explain|describe|discuss|answer|respond|reply|elaborate|cover)"
    r"(?: [a-z]{1,14}){0,4} in (?:two|three|four|five|six|several|multiple|[2-9])"
    r" (?:[a-z]{4,10} )?(?:paragraphs|pages)(?=[.!;\n]|$)"
)
_HOWEVER = re.compile(
    r"\b(?:if|when|whenever|unless|except|otherwise|depending|then|first|after)\b"
)
_BLEND = phrase(
    r"\b(?:(?:short|brief|terse) (?:but|yet|and yet|and|and also)"
    r" (?:very |highly |still )?(?:detailed"
    r"|exhaustive"
    r"|in-depth|lengthy|long|elaborate)|(?:detailed|exhaustive|in-depth|lengthy|long|elaborate)"
    r" (?:but|yet) (?:very |still )?(?:short|brief|terse))"
    r" (?=summary|summaries|answers?|explanations?|descriptions?|overview|response|reply|report"
    r"|text|analysis|introduction|article|essay|paragraph)"
)
_BLEND_SEEDS = ("detailed", "exhaustive", "in-depth", "lengthy", "long ", "elaborate")
_BRIEF = (_SHORT, _SHORT_SEEDS)
_DETAILED = (_LONG, _LONG_SEEDS)


class LengthConflict(Rule):
    """Short and long are both demanded of the same text.

    What it does:
        Flags a demand for length ("in exhaustive detail") in a prompt that demands brevity for
        the same part of the answer ("be brief"). Conditions, and parts with a name of their own
        (a brief summary, a detailed appendix), are no conflict. "Short but detailed" of one
        text is an info.

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
    version = 3
    shapes = (
        shape(
            r"(?:in|with) (?:exhaustive|great|extensive|full|extreme|much|as much|the greatest)"
            r" (?:possible )?detail"
        ),
        shape(
            r"as (?:detailed|long|thorough|comprehensive|exhaustive) as possible|leave nothing out"
        ),
        shape(
            r"(?:be|stay|very|as|extremely|highly) (?:detailed|verbose|exhaustive|long|thorough"
            r"|comprehensive|lengthy)"
        ),
        shape(
            r"(?:long|lengthy|exhaustive|detailed|comprehensive|thorough|in-depth|elaborate)"
            r" (?:answer|response|reply|replies|output|explanation)"
        ),
        shape(
            r"(?:two|three|four|five|six|several|multiple) (?:[a-z]{4,10} )?(?:paragraphs|pages)"
        ),
        r"[2-9][^a-z]{1,3}(?:[a-z]{4,10}[^a-z]{1,3})?(?:paragraphs|pages)",
        shape(
            r"(?:short|brief|terse) (?:but|yet|and) (?:(?:yet|also|very|highly|still) ){0,2}"
            r"(?:detailed|exhaustive|in-depth|lengthy|long|elaborate)"
        ),
        shape(
            r"(?:detailed|exhaustive|in-depth|lengthy|long|elaborate) (?:but|yet)"
            r" (?:(?:very|still) )?(?:short|brief|terse)"
        ),
        shape(
            r"(?:answer|respond|reply|explain|everything) (?:exhaustively|at length|in depth"
            r"|thoroughly|in detail)"
        ),
    )
    signs = ((_SHORT, _LONG), (_TINY, _PARAGRAPHS), (_BLEND,))
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield blends, then the long demand of the first pair in each wording."""
        for message in prompt.messages:
            for match in near(message, _BLEND, _BLEND_SEEDS, self.regions, before=30, after=60):
                text = f'"{" ".join(match.group().split())}" leaves open how long it is to be'
                yield self.found(prompt, message, match.span(), text, severity=Severity.INFO)
        for wording in prompt.wordings:
            yield from self._paragraphs(prompt, wording)
            short = [hit for m in wording.instructing for hit in self._demands(m, *_BRIEF)]
            if not short:
                continue
            long = [hit for m in wording.instructing for hit in self._demands(m, *_DETAILED)]
            for message, span, part in long:
                rival = next((s for s in short if s[2] == part and s[:2] != (message, span)), None)
                if rival is None:
                    continue
                words = rival[0].text[rival[1][0] : rival[1][1]]
                here = message.text[span[0] : span[1]]
                yield self.found(prompt, message, span, f'"{here}" contradicts "{words}"')
                break

    def _paragraphs(self, prompt: ParsedPrompt, wording: Wording) -> Iterator[Finding]:
        """Several paragraphs where the whole answer is to be a word, a line or a sentence."""
        tiny = [hit for m in wording.instructing for hit in self._plain(m, _TINY, _TINY_SEEDS)]
        for message in wording.instructing if tiny else ():
            for match in self._plain(message, _PARAGRAPHS, ("paragraphs", "pages")):
                short, here = (" ".join(hit.group().split()) for hit in (tiny[0], match))
                yield self.found(prompt, message, match.span(), f'"{here}" contradicts "{short}"')
                return

    def _plain(
        self, message: ParsedMessage, pattern: re.Pattern[str], seeds: tuple[str, ...]
    ) -> Iterator[re.Match[str]]:
        for match in near(message, pattern, seeds, self.regions, before=110, after=30):
            start, end = sentence_around(message, match.end() - 1)
            if not _HOWEVER.search(message.lower, start, end):
                yield match

    def _demands(
        self, message: ParsedMessage, pattern: re.Pattern[str], seeds: tuple[str, ...]
    ) -> Iterator[tuple[ParsedMessage, tuple[int, int], frozenset[str]]]:
        for match in near(message, pattern, seeds, self.regions, before=60, after=60):
            start, end = sentence_around(message, match.start())
            part = scope(message.lower[start:end])
            if part is not None:
                yield message, match.span(), part
