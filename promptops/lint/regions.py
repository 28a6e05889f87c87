"""What kind of text each character of a message is.

A rule about instructions must not speak about an attack that a training prompt quotes, about code,
or about a value that is filled in later. So every character belongs to one region, painted once
per message into a byte mask; looking a character up costs one index.

Painting order, later over earlier: examples, quotes, code, data slots, template syntax. Text that
would hide a whole message from the rules (all of it in one fence, or all of it in quotes) is taken
for instructions: a region is a help to precision, never a way around the linter.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from promptops.lint.literals import Literals


class Region(StrEnum):
    """The kind of a stretch of text."""

    INSTRUCTION = "instruction"
    EXAMPLE = "example"
    QUOTE = "quote"
    CODE = "code"
    DATA = "data"
    TEMPLATE = "template"


REGIONS = tuple(Region)
INSTRUCTIONS = frozenset({Region.INSTRUCTION})
EVERYWHERE = frozenset(Region)
WRITTEN = frozenset({Region.INSTRUCTION, Region.EXAMPLE, Region.QUOTE, Region.CODE})
"""Everything that the author wrote: all but data slots and template syntax."""

_BYTE = {region: bytes([number]) for number, region in enumerate(REGIONS)}
_HIDING_SHARE = 0.8

_FENCE = re.compile(r"^[ \t]{0,12}(`{3,32}|~{3,32})([^\n`]{0,200})$", re.MULTILINE)
_INLINE_CODE = re.compile(r"`[^`\n]{1,200}`")


def _wrapped(marks: str) -> str:
    """What stands in a quotation over one or two line ends of a paragraph, up to its closing mark.

    The opening mark stands right before a word and the closing one right behind one, or behind its
    punctuation: an inch mark, or a mark that is talked about, quotes nothing.
    """
    part = rf"[^{marks}\n]{{1,100}}"
    more = rf"\n(?![ \t]{{0,80}}(?:\n|[-*+•#>|]|[0-9]{{1,3}}[.)])){part}"
    return rf"(?=[\w([{{<¿¡…]){part}(?:{more}){{1,2}}(?<=[\w.,;:!?…)\]}}>])"


# Each begins with its mark and looks back after it: so `re` skips to the next mark at once.
_QUOTED = re.compile(
    rf'"(?<![\w"]")(?:[^"\n]{{1,300}}|{_wrapped(chr(34))})"(?![\w"])'
    rf"|“(?:[^”\n]{{1,300}}|{_wrapped('“”')})”"
    rf"|«(?:[^»\n]{{1,300}}|{_wrapped('«»')})»"
    r"|‘[^’\n]{1,300}’(?!\w)"
    r"|'(?<![\w']')[^'\n]{1,200}'(?![\w'])"
)
_BLOCK_QUOTE = re.compile(r"^[ \t]{0,3}>[^\n]{0,4000}$", re.MULTILINE)
_HEADING = re.compile(r"(#{1,6})[ \t]{1,8}([^\n]{1,200})$", re.MULTILINE)
_EXAMPLE_TITLE = re.compile(r"\b(?:examples?|few-?shots?|samples?)\b", re.IGNORECASE)
_EXAMPLE_TAG = re.compile(
    r"<(/?)([a-z_-]{0,20}(?:example|sample)s?[a-z_-]{0,20})(?:\s[^<>\n]{0,80})?>", re.IGNORECASE
)
_EXAMPLE_LABEL = re.compile(
    r"^[ \t*_-]{0,8}(?:for )?(?:examples?|sample (?:input|output|answer)s?)(?:"
    r" [^\n:]{0,40})?:[*_]{0,2}"
    r"[ \t]{0,4}",
    re.IGNORECASE | re.MULTILINE,
)
_INLINE_LEADS = ("e.g.", "eg.", "for example", "for instance", "such as")
_EXAMPLE_WORDS = ("example", "sample", "shot")
_LEADS = Literals((*_EXAMPLE_WORDS, *_INLINE_LEADS))
_LABEL_REACH = 12  # of the first word of an example label from the start of its line
_INLINE_EXAMPLE = re.compile(
    rf"\b(?:{'|'.join(map(re.escape, _INLINE_LEADS))})[,:]?[^\n;).!?]{{0,200}}", re.IGNORECASE
)
_TURNS = (
    "input", "output", "q", "a", "question", "answer", "user", "assistant", "text", "label",
    "ticket", "message", "category", "review", "sentence", "query",
)  # fmt: skip
_TURN_LABEL = re.compile(
    rf"\n({'|'.join(_TURNS)})[ \t]{{0,2}}:[^\n]{{0,2000}}$", re.IGNORECASE | re.MULTILINE
)
_BLANK = re.compile(r"\n[ \t]{0,80}\n")

Stretch = tuple[int, int]


def paint(
    text: str,
    *,
    base: Region = Region.INSTRUCTION,
    slots: Sequence[Stretch] = (),
    template: Sequence[Stretch] = (),
) -> bytes:
    """The region of every character of ``text``, as a mask of one byte per character.

    Args:
        text: A message's content.
        base: What the text is where nothing else says otherwise.
        slots: Where values are filled in.
        template: Template tags and comments, which never reach the model.
    """
    mask = bytearray(_BYTE[base]) * len(text)
    if base is Region.INSTRUCTION:
        _paint_markup(text, mask)
        if _hides_everything(text, mask):
            mask = bytearray(_BYTE[base]) * len(text)
    for start, end in slots:
        _fill(mask, start, end, Region.DATA)
    for start, end in template:
        _fill(mask, start, end, Region.TEMPLATE)
    return bytes(mask)


def _paint_markup(text: str, mask: bytearray) -> None:
    # Most texts hold few kinds of markup: asking for a mark first is cheaper than any pattern.
    for start, end in _examples(text):
        _fill(mask, start, end, Region.EXAMPLE)
    for start, end in _quotes(text):
        _fill(mask, start, end, Region.QUOTE)
    if ">" in text:
        for match in _BLOCK_QUOTE.finditer(text):
            _fill(mask, match.start(), match.end(), Region.QUOTE)
    if "`" in text:
        for match in _INLINE_CODE.finditer(text):
            _fill(mask, match.start(), match.end(), Region.CODE)
    for start, end in fenced(text):
        _fill(mask, start, end, Region.CODE)


def _quotes(text: str) -> Iterator[Stretch]:
    """Quoted stretches from left to right; a mark inside one opens nothing."""
    return (match.span() for match in _QUOTED.finditer(text))


def _fill(mask: bytearray, start: int, end: int, region: Region) -> None:
    mask[start:end] = _BYTE[region] * (end - start)


def _hides_everything(text: str, mask: bytearray) -> bool:
    hidden = mask.translate(None, _BYTE[Region.INSTRUCTION] + _BYTE[Region.EXAMPLE])
    return len(hidden) > _HIDING_SHARE * max(1, len(text.strip()))


def fences(text: str) -> tuple[list[tuple[Stretch, str]], list[Stretch]]:
    """Fenced code blocks with their info strings, and the opening fences that nothing closes.

    Method: CommonMark 0.31 section 4.5, except that fences with an info string nest (prompts show
    whole documents, code blocks included), and that an unclosed fence opens no block: half a
    prompt must not escape the rules because of a typing error.
    """
    blocks: list[tuple[Stretch, str]] = []
    if "```" not in text and "~~~" not in text:
        return blocks, []
    opened: tuple[int, int, str, str] | None = None
    depth = 0
    for match in _FENCE.finditer(text):
        marks, info = match.group(1), match.group(2).strip()
        if opened is None:
            opened = (match.start(), match.end(), marks, info)
            depth = 1
        elif marks.startswith(opened[2]):
            depth += 1 if info else -1
            if depth == 0:
                blocks.append(((opened[0], match.end()), opened[3]))
                opened = None
    return blocks, [(opened[0], opened[1])] if opened else []


def fenced(text: str) -> list[Stretch]:
    """Where the fenced code blocks of ``text`` stand, fences included."""
    return [stretch for stretch, _ in fences(text)[0]]


def _examples(text: str) -> Iterator[Stretch]:
    words = _LEADS.places(text)
    example_words = [place for place, number in words if number < len(_EXAMPLE_WORDS)]
    if example_words:
        yield from _example_sections(text)
        if "<" in text:
            yield from _example_tags(text)
        yield from _example_paragraphs(text, example_words)
    if text.count(":") > 2:
        yield from _turns(text)
    yield from _inline_examples(
        text, sorted(place for place, number in words if number >= len(_EXAMPLE_WORDS))
    )


def _inline_examples(text: str, starts: Iterable[int]) -> Iterator[Stretch]:
    """``e.g. …`` and its relatives, up to the end of the clause."""
    done = 0
    for start in starts:
        if start >= done and (match := _INLINE_EXAMPLE.match(text, start)):
            done = match.end()
            yield start, done


def heading_starts(text: str) -> Iterator[int]:
    """Where lines begin with a "#", in order."""
    if text.startswith("#"):
        yield 0
    at = text.find("\n#")
    while at >= 0:
        yield at + 1
        at = text.find("\n#", at + 1)


def _example_sections(text: str) -> Iterator[Stretch]:
    """Sections whose heading speaks of examples, up to the next heading of that level or above."""
    opened: tuple[int, int] | None = None
    for start in heading_starts(text):
        match = _HEADING.match(text, start)
        if match is None:
            continue
        level = len(match.group(1))
        if opened and level <= opened[0]:
            yield opened[1], start
            opened = None
        if opened is None and _EXAMPLE_TITLE.search(match.group(2)):
            opened = (level, match.end())
    if opened:
        yield opened[1], len(text)


def _example_tags(text: str) -> Iterator[Stretch]:
    """``<example>…</example>`` and its relatives; a tag that nothing closes opens nothing."""
    opened: dict[str, int] = {}
    for match in _EXAMPLE_TAG.finditer(text):
        name = match.group(2).lower()
        if not match.group(1):
            opened.setdefault(name, match.end())
        elif name in opened:
            yield opened.pop(name), match.start()


def _example_paragraphs(text: str, words: Iterable[int]) -> Iterator[Stretch]:
    """``Example:`` up to the next blank line, not counting blank lines right after the label.

    ``words`` is where words for examples stand: a label is such a word at the start of a line.
    """
    lines = {text.rfind("\n", max(0, at - _LABEL_REACH - 1), at) + 1 for at in words}
    for line in sorted(lines):
        match = _EXAMPLE_LABEL.match(text, line)
        if match is None:
            continue
        start = match.end()
        body = start
        while body < len(text) and text[body] in " \t\n":
            body += 1
        blank = _BLANK.search(text, body)
        yield start, blank.start() if blank else len(text)


def _turns(text: str) -> Iterator[Stretch]:
    """``Input: …`` / ``Output: …`` lines, when a label comes twice: shots written as text."""
    lines = list(_TURN_LABEL.finditer(f"\n{text}"))
    if len(lines) < 3:
        return
    count: dict[str, int] = {}
    for match in lines:
        label = match.group(1).lower()
        count[label] = count.get(label, 0) + 1
    for match in lines:
        if count[match.group(1).lower()] > 1 and "{{" not in match.group(0):
            yield match.start(), match.end() - 1
