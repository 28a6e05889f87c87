"""One text being shortened: what an edit is, and which edits may be made."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from promptops.lint.regions import Stretch
from promptops.lint.text import lower
from promptops.optimize.compressing.literals import is_instruction, literals, mask_of

_ARTICLE = re.compile(r"(?<![\w'’-])(an?)[ \t]$", re.IGNORECASE)
_REACH = 18  # characters before a sentence in which the end of the last one stands
_CLOSING = frozenset({"", ".", ",", ";", ":", "!", "?", ")", "\n"})
_SENTENCE_START = re.compile(r"[.!?:;\n][\s\"*_#>•+-]{0,10}(?:\d{1,3}[.)]\s{1,3})?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A stretch of the text and what stands there instead.

    Args:
        start: Where the stretch begins.
        end: Where it ends.
        new: What stands there instead; shorter.
        kind: Class of the removal, such as ``politeness``.
        shown: The words that go, for the reader.
        instead: The words that come, for the reader.
    """

    start: int
    end: int
    new: str
    kind: str
    shown: str
    instead: str = ""


class Source:
    """A text with what is known of its parts."""

    __slots__ = ("kept", "lower", "mask", "text")

    def __init__(self, text: str, keep: Sequence[str] = ()) -> None:
        """Paint the regions and find the kept sentences, whatever their white space."""
        self.text = text
        self.lower = lower(text)
        self.mask = mask_of(text)
        self.kept: list[Stretch] = [
            match.span()
            for sentence in keep
            if sentence.strip()
            for match in re.finditer(r"\s+".join(map(re.escape, sentence.split())), text)
        ]

    def is_kept(self, start: int, end: int) -> bool:
        """Whether a stretch touches a kept sentence."""
        return any(start < last and first < end for first, last in self.kept)

    def instructs(self, start: int, end: int) -> bool:
        """Whether a stretch is instructions that may be worded another way."""
        return is_instruction(self.mask, start, end) and not self.is_kept(start, end)

    def at_sentence_start(self, place: int) -> bool:
        """Whether a sentence, a line or a list item begins here."""
        before = f"\n{self.text[:place]}" if place < _REACH else self.text[place - _REACH : place]
        return _SENTENCE_START.search(before) is not None

    def replaced(self, start: int, end: int, new: str, kind: str) -> Edit:
        """An edit of words inside a sentence; the words around them stay grammatical.

        The blank behind deleted words goes with them, the next word takes over their capital
        letter, and the article before them fits the next word.
        """
        text = self.text
        shown = " ".join(text[start:end].split())
        instead = new
        upper = text[start].isupper()
        if not new:
            while end < len(text) and text[end] in " \t":
                end += 1
            if text[end : end + 1] in _CLOSING:
                start = _before_comma(text, start)
        if upper and new:
            new = new[0].upper() + new[1:]
        elif upper and _plain_word(text, end):
            new, end = text[end].upper(), end + 1
        following = new or text[end : end + 1]
        if article := _ARTICLE.search(text, max(0, start - 4), start):
            wanted = "an" if following[:1].lower() in "aeiou" else "a"
            if wanted != article.group(1).lower() and following[:1].isalpha():
                start = article.start()
                wanted = wanted.capitalize() if article.group(1)[0].isupper() else wanted
                new = f"{wanted} {new}"
        return Edit(start=start, end=end, new=new, kind=kind, shown=shown, instead=instead)


def _before_comma(text: str, start: int) -> int:
    """Where the comma and the blank before a place begin, if they stand there."""
    while start and text[start - 1] in " \t":
        start -= 1
    return start - 1 if start and text[start - 1] == "," else start


def _plain_word(text: str, start: int) -> bool:
    """Whether a word begins here that takes a capital letter: not "iPhone", not "x.y"."""
    return text[start : start + 1].islower() and not text[start + 1 : start + 2].isupper()


def apply(
    source: Source, edits: Iterable[Edit], *, terms: frozenset[str] = frozenset()
) -> tuple[str, list[Edit]]:
    """The text with those edits that change no literal, and which these are.

    An edit must shorten the text and keep the literals (`literals`) of what it replaces; of
    overlapping edits the first one counts. Together they must keep the literals of the whole text
    and every one of the terms; when they do not, those in whose presence it goes wrong are left
    out one by one.

    Args:
        source: The text.
        edits: What to change.
        terms: Words that must not vanish altogether, such as the labels of an output schema.
    """
    chosen: list[Edit] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        old = source.text[edit.start : edit.end]
        if edit.start < done or len(edit.new) >= len(old):
            continue
        if literals(old) == literals(edit.new):
            chosen.append(edit)
            done = edit.end
    if not chosen:
        return source.text, []
    before = literals(source.text)
    named = {term for term in terms if term in source.text}
    text = _written(source.text, chosen)
    if literals(text) == before and all(term in text for term in named):
        return text, chosen
    safe: list[Edit] = []
    for edit in chosen:
        text = _written(source.text, [*safe, edit])
        if literals(text) == before and all(term in text for term in named):
            safe.append(edit)
    return _written(source.text, safe), safe


def _written(text: str, edits: Sequence[Edit]) -> str:
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : edit.start], edit.new]
        done = edit.end
    return "".join([*pieces, text[done:]])
