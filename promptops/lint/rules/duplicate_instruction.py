"""CON008."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.text import lower, sentences, words

_FEWEST_WORDS = 6
_SHORTEST = 15  # letters of six short words
_END = b"\xff"  # stands in no UTF-8 text
_SPLIT = bytes.maketrans(b".!?", _END * 3)
_IGNORED = b"\"'`*_,;:()[]-\xe2\x80\xa2\r\t 0123456789"
_MARKUP = re.compile(r"[<>{}=|_`\"“\[]|\*\*|^#|\(\)|;$")


_DIRECTIVE = re.compile(
    r"(?:always|never|do not|don't|please|only|avoid|ensure|make|keep|use|write|give|return|answer"
    r"|output|include|list|extract|create|provide|take|think|respond|reply|follow|add|ask|be|check"
    r"|consider|describe|explain|focus|format|generate|identify|limit|mention|present|produce"
    r"|read|refer|remember|say|show|start|state|stay|stop|summari[sz]e|tell|treat|validate|verify"
    r"|translate|classify|analy[sz]e|review|you|your)\b"
)
_DIRECTS = re.compile(r"\b(?:must|should|never|always|do not|don't|ensure|make sure)\b")
_POINTS_BACK = re.compile(
    r"\b(?:this|these|those|that|it|its|them|they|their|none|here|above|following|same|next"
    r"|below)\b"
)


class DuplicateInstruction(Rule):
    """The same instruction stands twice.

    What it does:
        Flags an instruction of six words or more that repeats an earlier one word for word, case
        and punctuation aside. Sentences that point at what stands around them ("give this as a
        list"), markup, code and labels are left alone, and so is a repetition at the other end of
        a long prompt: some guides advise it.

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
    version = 2
    tags = ("pd-maintainability", "pd-efficiency")
    defaults = {"far_apart": 6000}

    def concerns(self, text: str) -> bool:
        """Whether a line or sentence stands twice."""
        return bool(_repeated([lower(text)]))

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the second and later copies; deleting one is a fix that may be applied."""
        for wording in prompt.wordings:
            repeated = _repeated([message.lower for message in wording.instructing])
            if not repeated:
                continue
            seen: dict[tuple[str, ...], int] = {}
            base = 0
            for message in wording.instructing:
                for span, key in self._sentences(message, repeated):
                    first = seen.setdefault(key, base + span[0])
                    apart = base + span[0] - first
                    if 0 < apart < self.number("far_apart"):
                        text = "this repeats an earlier instruction word for word"
                        yield self.found(
                            prompt,
                            message,
                            span,
                            text,
                            fix=("delete the copy", ""),
                            applicability="unsafe",
                        )
                base += len(message.text)

    def _sentences(
        self, message: ParsedMessage, repeated: frozenset[bytes]
    ) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
        for start, end in _candidates(message, repeated):
            if message.region(start) not in self.regions:
                continue
            sentence = message.text[start:end]
            key = tuple(words(message.lower[start:end]))
            if len(key) < _FEWEST_WORDS or sentence[-1] == ":" or _MARKUP.search(sentence):
                continue
            plain = " ".join(key)
            if not (_DIRECTIVE.match(plain) or _DIRECTS.search(plain)):
                continue
            if not _POINTS_BACK.search(plain):
                yield (start, end), key


def _repeated(texts: Iterable[str]) -> frozenset[bytes]:
    """The lines and sentences that stand twice; far cheaper than comparing their words.

    Splits at ends of lines and of sentences. The pieces of equal sentences are equal, and the
    rule speaks only of sentences that are one such piece.
    """
    pieces = [
        piece
        for text in texts
        for piece in _plain(text).replace(_END, b"\n").split(b"\n")
        if len(piece) >= _SHORTEST
    ]
    if len(set(pieces)) == len(pieces):
        return frozenset()
    count = Counter(pieces)
    return frozenset(piece for piece, n in count.items() if n > 1)


def _candidates(message: ParsedMessage, repeated: frozenset[bytes]) -> Iterator[tuple[int, int]]:
    """The sentences that are one repeated piece; only the lines that hold one are split."""
    offset = 0
    lines = message.lower.split("\n")
    for line, plain in zip(lines, _plain(message.lower).split(b"\n"), strict=True):
        if len(plain) >= _SHORTEST and not repeated.isdisjoint(plain.split(_END)):
            for start, end in sentences(message.text[offset : offset + len(line)]):
                if _plain(line[start:end]).rstrip(_END) in repeated:
                    yield offset + start, offset + end
        offset += len(line) + 1


def _plain(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass").translate(_SPLIT, _IGNORED)
