"""Look at a text only near the words that a rule is about.

A pattern that begins with a choice of words costs a try at every character. Its rarest words are
found far faster by plain search; the pattern then runs over a few hundred characters around them.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from promptops.lint.literals import Literals, merged
from promptops.lint.parsed import ParsedMessage
from promptops.lint.regions import EVERYWHERE, Region, heading_starts
from promptops.lint.text import sentences

_SENTENCE = 400
_OUTSIDE_CLASS = re.compile(r"(\[(?:\\.|[^\]\\]){1,200}\])| ")


def windows(text: str, seeds: Sequence[str], before: int, after: int) -> list[tuple[int, int]]:
    """The stretches around each seed, merged where they overlap, in order.

    Args:
        text: Lower-case text.
        seeds: Plain strings.
        before: Characters to keep before a seed's start.
        after: Characters to keep after it.
    """
    return merged(_places(text, tuple(seeds)), before, after, len(text))


def _places(text: str, seeds: tuple[str, ...]) -> list[int]:
    """Where each seed begins; a space in a seed may be a line end of the text."""
    literals = _literals(seeds)
    if literals is not None:
        return [at for at, _ in literals.places(text)]
    places = []
    flat = text.replace("\n", " ")  # a phrase may be broken over two lines
    for seed in seeds:
        where = text if "\n" in seed else flat
        at = where.find(seed)
        while at >= 0:
            places.append(at)
            at = where.find(seed, at + len(seed))
    return places


@cache
def _literals(seeds: tuple[str, ...]) -> Literals | None:
    """The seeds compiled; None when some are not ASCII or hold a line end, or there is but one."""
    plain = all(seed.isascii() and "\n" not in seed for seed in seeds)
    return Literals(seeds) if plain and len(seeds) > 1 else None


def near(
    message: ParsedMessage,
    pattern: re.Pattern[str],
    seeds: Sequence[str],
    regions: frozenset[Region],
    *,
    before: int = 80,
    after: int = 160,
    cased: bool = False,
    holding: re.Pattern[str] | None = None,
) -> Iterator[re.Match[str]]:
    """Matches of ``pattern`` around ``seeds`` that begin and end inside ``regions``.

    The pattern runs over the lower-case text, unless ``cased``; seeds are looked up in the
    lower-case text. A match that the edge of a window cuts off does not count. ``holding`` is what
    every match holds and is found faster: a window without is passed over.
    """
    if pattern in message.absent:
        return
    text = message.text if cased else message.lower
    for start, end in windows(message.lower, seeds, before, after):
        if holding is not None and holding.search(text, start, end) is None:
            continue
        for match in pattern.finditer(text, start, end):
            first, last = match.span()
            if last == end < len(text) or first == last:
                continue
            # Everywhere: then which region it is need not be known, and to know it is dear.
            if regions == EVERYWHERE or (
                message.region(first) in regions and message.region(last - 1) in regions
            ):
                yield match


def starting(
    message: ParsedMessage,
    pattern: re.Pattern[str],
    seeds: Sequence[str],
    regions: frozenset[Region],
    *,
    cased: bool = False,
) -> Iterator[re.Match[str]]:
    """Matches of ``pattern`` that begin with a seed as a word, inside ``regions``, in order.

    The pattern runs over the lower-case text, unless ``cased``; seeds are looked up in the
    lower-case text.
    """
    if pattern in message.absent:
        return
    text, low = message.text if cased else message.lower, message.lower
    for at in sorted(set(_places(low, tuple(seeds)))):
        match = at_word(pattern, text, at)
        if match is None:
            continue
        last = max(at, match.end() - 1)
        # Everywhere: then which region it is need not be known.
        if regions == EVERYWHERE or {message.region(at), message.region(last)} <= regions:
            yield match


def at_word(pattern: re.Pattern[str], text: str, at: int) -> re.Match[str] | None:
    """The match of ``pattern`` at an offset, where a word may begin."""
    if at and (text[at - 1].isalnum() or text[at - 1] == "_"):
        return None
    return pattern.match(text, at)


def headings(message: ParsedMessage) -> Iterator[int]:
    """Where lines begin with a "#", in order."""
    return heading_starts(message.text)


def sentence_around(message: ParsedMessage, offset: int) -> tuple[int, int]:
    """The sentence that holds ``offset``, cut off 400 characters away from it on either side.

    `ParsedMessage.sentence_at` splits the whole text, which pays only for many questions.
    """
    base = max(0, offset - _SENTENCE)
    for start, end in sentences(message.text[base : offset + _SENTENCE]):
        if base + end > offset:
            return min(base + start, offset), base + end
    return offset, offset


def shape(source: str) -> str:
    """An RE2 pattern over lower-case text in which a space stands for a short gap.

    The gap is anything but ASCII letters, which covers every white space that `phrase` allows.
    """
    return _OUTSIDE_CLASS.sub(lambda match: match[1] or r"[^a-z]{1,3}", source)
