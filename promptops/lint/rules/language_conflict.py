"""CON011."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around, shape
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule
from promptops.lint.scope import scope

_LANGUAGES = (
    "english", "german", "french", "spanish", "italian", "portuguese", "dutch", "polish", "russian",
    "ukrainian", "turkish", "arabic", "hebrew", "hindi", "bengali", "chinese", "mandarin",
    "japanese", "korean", "vietnamese", "thai", "indonesian", "swedish", "norwegian", "danish",
    "finnish", "czech", "greek", "hungarian", "romanian", "persian", "urdu", "latin",
)  # fmt: skip
_LANGUAGE = rf"(?:{'|'.join(_LANGUAGES)})"
_TELL = phrase(
    r"\b(?:answer|respond|reply|write|speak|output|communicate|your (?:answers?|repl(?:y|ies)"
    r"|responses?|output)"
    r" (?:must|should) be)(?: (?:me|to me|everything|only|always|exclusively|strictly|the user"
    r"|all|your answers?|the answer|back|questions)){0,3} in (?:only )?(?:the )?(?:simple |plain )?"
    rf"(?P<kind>(?:american|us|british|uk) )?(?P<language>{_LANGUAGE})\b"
    rf"(?!,? (?:and|or|then) {_LANGUAGE})(?! or)"
)
_KINDS = {"american": "American", "us": "American", "british": "British", "uk": "British"}


class LanguageConflict(Rule):
    """Two languages are demanded of one answer.

    What it does:
        Flags "reply in German" in a prompt that also says "answer in English" of the same part of
        the answer, neither with a condition; American against British English too. Messages are
        compared with each other: a user message may contradict the system message.

    Why is this bad?
        The language of the answer changes from call to call.

    Example:
        Answer in English. Explain the contract to the customer. Reply in German.

    Use instead:
        Explain the contract to the customer. Answer in German.

    What to do:
        Keep one, or say when each applies.

    Source:
        OpenAI prompt optimization cookbook, contradiction checker.
    """

    code = "CON011"
    name = "language-conflict"
    severity = Severity.ERROR
    shapes = (
        shape(
            r"(?:answer|respond|reply|write|speak|output|communicate|be|me|everything|only|always"
            r"|exclusively|strictly|user|all|answers|back|questions) in (?:[a-z]{2,8} ){0,3}"
            rf"{_LANGUAGE}"
        ),
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each language that differs from an earlier one for the same part."""
        for wording in prompt.wordings:
            seen: dict[frozenset[str], tuple[str, str, str]] = {}
            for message in wording.instructing:
                for match in near(message, _TELL, _LANGUAGES, self.regions, before=90, after=40):
                    part = self._part(message, match)
                    if part is None:
                        continue
                    words = " ".join(message.text[match.start() : match.end()].split())
                    kind = _KINDS.get((match["kind"] or "").strip(), "")
                    now = (match["language"], kind, words)
                    before = seen.setdefault(part, now)
                    if before[0] != now[0] or (kind and before[1] and kind != before[1]):
                        text = f'"{words}" contradicts "{before[2]}"'
                        yield self.found(prompt, message, match.span(), text)

    @staticmethod
    def _part(message: ParsedMessage, match: re.Match[str]) -> frozenset[str] | None:
        start, end = sentence_around(message, match.start())
        sentence = message.lower[start:end]
        if re.search(r"\b(?:not|never|n't|translate|or|speak to you)\b", sentence):
            return None
        return scope(sentence, without=frozenset({"message", "question"}))
