"""What a Python string expression says, and where each of its characters stands in the file.

String literals (any prefix, triple quotes, implicit concatenation), f-strings, ``+`` between them,
and ``"…".format(…)`` around them. The literal is read from its source text and compared with what
Python's own parser made of it, so that a place is exact or the expression is refused.
"""

import ast
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from promptops.prompts.formats.foreign import ForeignSlot

_PREFIX = re.compile(r"([A-Za-z]{0,2})(\"\"\"|'''|\"|')")
_BETWEEN = re.compile(r"(?:[\s()\\]|#[^\n]{0,10000}){1,10000}")
_ESCAPE = re.compile(
    r"\\(?:\r?\n|[0-7]{1,3}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|N\{[^}]{1,100}\}|.)",
    re.DOTALL,
)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_SIMPLE |= {"\\": "\\", "'": "'", '"': '"'}
_FIELD = re.compile(r"\{\{|\}\}|\{([A-Za-z_]\w{0,100}|[0-9]{0,3})(?:[.\[!:][^{}\n]{0,200})?\}")
_ROOT = re.compile(r"[A-Za-z_]\w{0,100}")


class UnreadableStringError(ValueError):
    """The expression is no string that can be placed."""


@dataclass(slots=True)
class Pieces:
    """A text under construction: its characters, the offset of each, and its slots."""

    characters: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    slots: list[ForeignSlot] = field(default_factory=list)
    end: int = 0

    def add(self, characters: str, offset: int) -> None:
        """Add what one place of the source stands for."""
        self.characters.append(characters)
        self.offsets.extend([offset] * len(characters))

    def slot(self, name: str, source: str, start: int, end: int) -> None:
        """Add a stretch of the source as it is: a value is filled in there."""
        begin = len(self.offsets)
        self.characters.append(source[start:end])
        self.offsets.extend(range(start, end))
        self.slots.append(ForeignSlot(name=name, start=begin, end=begin + end - start))

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self.characters)

    @property
    def table(self) -> list[int]:
        """The offset of each character, and one past the last."""
        return [*self.offsets, self.end]


class SourceLines:
    """Python's places (line, column in bytes of UTF-8) as offsets of the text."""

    def __init__(self, text: str) -> None:
        """Find the lines as Python's parser counts them: LF, CRLF and CR end one."""
        self.text = text
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]

    def offset(self, line: int, column: int) -> int:
        """The offset of a place."""
        start = self._starts[line - 1]
        if column == 0:
            return start
        stop = self._starts[line] if line < len(self._starts) else len(self.text)
        row = self.text[start:stop]
        return start + (column if row.isascii() else len(row.encode()[:column].decode()))

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Start and end of an expression."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self.offset(node.lineno, node.col_offset), self.offset(end_line, end_column)


def is_string(node: ast.AST) -> bool:
    """Whether an expression is a text in the main: a literal, or several joined."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return is_string(node.left) or is_string(node.right)
    return isinstance(node, ast.JoinedStr) or _formatted(node) is not None


def read_string(node: ast.expr, lines: SourceLines) -> Pieces:
    """The text of a string expression.

    Raises:
        UnreadableStringError: A part of it cannot be placed.
    """
    pieces = Pieces()
    _read(node, lines, pieces, fields=False)
    return pieces


def _read(node: ast.expr, lines: SourceLines, pieces: Pieces, *, fields: bool) -> None:
    start, end = lines.span(node)
    inner = _formatted(node)
    if inner is not None:
        _read(inner, lines, pieces, fields=True)
    elif isinstance(node, ast.BinOp) and is_string(node):
        # A long chain of "+" leans to the left: walk it without recursion.
        terms: list[ast.expr] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
            terms.append(left.right)
            left = left.left
        for term in (left, *reversed(terms)):
            _read(term, lines, pieces, fields=fields)
    elif isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    ):
        _literals(node, lines.text, (start, end), pieces, fields=fields)
    else:
        name = _ROOT.search(lines.text, start, end)
        pieces.slot(name.group() if name else "value", lines.text, start, end)
    pieces.end = end


def _formatted(node: ast.AST) -> ast.expr | None:
    """The string inside ``"…".format(…)`` and ``textwrap.dedent("…")``."""
    if not isinstance(node, ast.Call):
        return None
    called = node.func
    if isinstance(called, ast.Attribute) and called.attr in ("format", "strip", "lstrip", "rstrip"):
        return called.value if is_string(called.value) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if name in ("dedent", "cleandoc") and len(node.args) == 1 and is_string(node.args[0]):
        return node.args[0]
    return None


def _literals(
    node: ast.expr, source: str, span: tuple[int, int], pieces: Pieces, *, fields: bool
) -> None:
    """One or more literals next to each other."""
    own = Pieces()
    place, end = span
    while place < end:
        if gap := _BETWEEN.match(source, place, end):
            place = gap.end()
            continue
        opened = _PREFIX.match(source, place, end)
        if opened is None:
            raise UnreadableStringError("no string literal")
        prefix = opened[1].lower()
        close = _close(source, opened.end(), end, opened[2], formatted="f" in prefix)
        _literal(source, (opened.end(), close), prefix, own, fields=fields)
        place = close + len(opened[2])
    if isinstance(node, ast.Constant) and not fields and own.text != node.value:
        raise UnreadableStringError("not read as Python reads it")
    shift = len(pieces.offsets)
    pieces.characters += own.characters
    pieces.offsets += own.offsets
    pieces.slots += [
        ForeignSlot(name=slot.name, start=slot.start + shift, end=slot.end + shift)
        for slot in own.slots
    ]


def _close(source: str, place: int, end: int, quote: str, *, formatted: bool) -> int:
    """Where the closing quote of a literal stands."""
    depth = 0
    while place < end:
        char = source[place]
        if char == "\\" and not depth:
            place += 2
        elif not depth and source.startswith(quote, place):
            return place
        elif formatted and char == "{":
            if not depth and source.startswith("{{", place):
                place += 2
                continue
            depth += 1
            place += 1
        elif depth and char == "}":
            depth -= 1
            place += 1
        elif depth and char in "\"'":
            place = _nested(source, place, end)
        else:
            place += 1
    raise UnreadableStringError("a literal is not closed")


def _nested(source: str, place: int, end: int) -> int:
    """The offset after a string inside a replacement field."""
    quote = source[place : place + 3] if source[place : place + 3] in ('"""', "'''") else ""
    quote = quote or source[place]
    close = source.find(quote, place + len(quote), end)
    return close + len(quote) if close >= 0 else end


def _literal(
    source: str, span: tuple[int, int], prefix: str, pieces: Pieces, *, fields: bool
) -> None:
    """The characters between the quotes of one literal."""
    place, end = span
    braces = "f" in prefix
    while place < end:
        char = source[place]
        if char == "\\" and "r" not in prefix:
            escape = _ESCAPE.match(source, place, end)
            if escape is None:
                raise UnreadableStringError("an escape is not complete")
            pieces.add(_unescaped(escape.group()), place)
            place = escape.end()
        elif char in "{}" and (braces or fields):
            place = _brace(source, place, end, pieces, formatted=braces)
        elif source.startswith("\r", place):
            # Python reads every line end as LF.
            pieces.add("\n", place)
            place += 2 if source.startswith("\r\n", place) else 1
        else:
            pieces.add(char, place)
            place += 1


def _brace(source: str, place: int, end: int, pieces: Pieces, *, formatted: bool) -> int:
    if source[place : place + 2] in ("{{", "}}"):
        pieces.add(source[place], place)
        return place + 2
    if formatted and source[place] == "{":
        close = _close_field(source, place + 1, end)
        name = _ROOT.search(source, place + 1, close)
        pieces.slot(name.group() if name else "value", source, place, close)
        return close
    field_ = None if formatted else _FIELD.match(source, place, end)
    if field_ is None:
        pieces.add(source[place], place)
        return place + 1
    pieces.slot(field_[1] or "value", source, place, field_.end())
    return field_.end()


def _close_field(source: str, place: int, end: int) -> int:
    depth = 1
    while place < end and depth:
        char = source[place]
        if char in "\"'":
            place = _nested(source, place, end)
            continue
        depth += {"{": 1, "}": -1}.get(char, 0)
        place += 1
    return place


def _unescaped(escape: str) -> str:
    code = escape[1:]
    if code[0] in "\r\n":
        return ""
    if code[0] in _SIMPLE and len(code) == 1:
        return _SIMPLE[code]
    if code[0] in "01234567":
        return chr(int(code, 8))
    if code[0] in "xuU" and len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    if code.startswith("N{"):
        try:
            return unicodedata.lookup(code[2:-1])
        except KeyError:
            raise UnreadableStringError("an unknown character name") from None
    return escape  # Python keeps an escape that it does not know


def plain_fields(text: str, taken: Sequence[tuple[int, int]]) -> list[ForeignSlot]:
    """The ``{name}`` fields of a text that is formatted somewhere else, outside of ``taken``."""
    found = []
    for match in _FIELD.finditer(text):
        inside = any(start < match.end() and match.start() < end for start, end in taken)
        if match[1] and not match[1].isdigit() and not inside:
            found.append(ForeignSlot(name=match[1], start=match.start(), end=match.end()))
    return found
