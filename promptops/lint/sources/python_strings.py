r"""Python strings that a comment marks as prompts.

    # promptops: prompt
    SUMMARY = "Summarize the text below.\n" + text

    reply = ask("Answer in French.")  # promptops: prompt[system]

A mark on its own line speaks for the statement, argument or element that begins below it; at the
end of a line, for the strings on that line, or for what begins on it. Where several strings stand
there, the longest is the prompt. The role is the user's unless brackets name another.
"""

import ast
import io
import re
import tokenize
import warnings
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promptops.lint.parsed import Comment, ParsedPrompt
from promptops.lint.sources.building import MARK, Places, build, share
from promptops.lint.sources.model import Read, Source
from promptops.lint.sources.python_literals import (
    SourceLines,
    UnreadableStringError,
    is_string,
    plain_fields,
    read_string,
)
from promptops.prompts.formats.foreign import (
    VALUE,
    ForeignMessage,
    ForeignPrompt,
    TablePlaces,
    role_named,
)

MARKER = "promptops: prompt"
_MOST_BETWEEN = 200  # lines of comments and decorators between a mark and its statement
_MARK = re.compile(r"#\s{0,4}promptops: prompt(?:\[(\w{1,20})\])?(?![\w-])")
_LONE_CR = re.compile(r"\r(?!\n)")
_SIGNAL = re.compile(r"#\s{0,4}(promptops: ignore[^\n]{0,600})")

_Unit = tuple[int, int, ast.AST]
"""First and last line of something that a mark can speak for, and its tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    line: int
    column: int
    role: str
    alone: bool


def read_python(source: Source) -> Iterator[Read]:
    """Read the marked strings of a Python file, in the order of their marks."""
    text = source.content
    if MARKER not in text:
        yield source.skipped(f"no string here is marked by a comment `# {MARKER}`")
        return
    if bad := _LONE_CR.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        yield source.skipped("a carriage return that ends a line for Python alone", line=line)
        return
    try:
        tree = _parsed(text)
    except SyntaxError as problem:
        yield source.skipped(
            f"not Python: {problem.msg}", line=problem.lineno, column=problem.offset
        )
        return
    except (ValueError, RecursionError, MemoryError) as problem:
        yield source.skipped(f"not Python: {str(problem) or 'nested too deeply'}")
        return
    comments = list(_comments(text))
    marks = [mark for comment in comments if (mark := _mark(*comment)) is not None]
    if not marks:
        yield source.skipped(f"no string here is marked by a comment `# {MARKER}`")
        return
    rows = text.split("\n")
    lines = SourceLines(text)
    places = Places(text)
    units = _Units(tree, [line for line, *_ in comments])
    read: list[ParsedPrompt] = []
    for mark in marks:
        node = _marked(mark, units, rows)
        if node is None:
            reason = "no string follows this mark"
            yield source.skipped(reason, line=mark.line, column=mark.column)
            continue
        try:
            message = _message(node, lines, mark.role)
        except UnreadableStringError as problem:
            reason = f"this string cannot be read: {problem}"
            yield source.skipped(reason, line=mark.line, column=mark.column)
            continue
        name = units.name(mark)
        foreign = ForeignPrompt(name=name, messages=(message,), syntax="values")
        read.append(build(foreign, source, places))
    if read:
        share(read, [found for item in comments if (found := _signal(item, units)) is not None])
    yield from read


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes in strings that are not ours
        return ast.parse(text)


def _comments(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Line, column, text of each comment that speaks to us, and whether it stands alone."""
    # tokenize has its own reading of line ends; only LF is the end of a line for everybody.
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and "promptops:" in token.string:
                before = token.line[: token.start[1]]
                yield token.start[0], token.start[1] + 1, token.string, not before.strip()
    except (tokenize.TokenError, SyntaxError):
        return  # Python's parser has read the file: what is left is white space


def _mark(line: int, column: int, text: str, alone: bool) -> _Mark | None:
    match = _MARK.match(text)
    if match is None:
        return None
    role = role_named(match[1]) if match[1] else "user"
    return _Mark(line=line, column=column, role=role, alone=alone)


def _units(tree: ast.Module) -> Iterator[_Unit]:
    """Simple statements, call arguments, elements and dictionary values; outer before inner."""
    for node in ast.walk(tree):
        inner: list[ast.AST] = []
        if isinstance(node, ast.stmt):
            inner = [node] if not hasattr(node, "body") else _docstring(node)
        elif isinstance(node, ast.Call):
            inner = [*node.args, *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            inner = [*node.elts]
        elif isinstance(node, ast.Dict):
            inner = [*node.values]
        for part in inner:
            first = getattr(part, "lineno", 0)
            yield first, getattr(part, "end_lineno", first) or first, part


def _docstring(node: ast.stmt) -> list[ast.AST]:
    """The docstring of a function or class, as if it were an argument of it."""
    body = getattr(node, "body", None)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and body:
        return [body[0]] if isinstance(body[0], ast.Expr) else []
    return []


class _Units:
    """What marks and comments can speak for, looked up by line."""

    def __init__(self, tree: ast.Module, lines: Sequence[int]) -> None:
        """Index a file; ``lines`` are those that will be asked about."""
        units = sorted(_units(tree), key=lambda unit: unit[0])
        strings = [(n.lineno, n.end_lineno or n.lineno, n) for n in _strings(tree)]
        self._units = units
        self._starts = [first for first, _, _ in units]
        self._around = _covering(units, lines)
        self._touching = _covering(sorted(strings, key=lambda item: item[0]), lines)
        self._longest: dict[int, ast.expr | None] = {}

    def around(self, line: int) -> _Unit | None:
        """The innermost unit that a line belongs to."""
        return min(self._around[line], key=lambda unit: unit[1] - unit[0], default=None)

    def below(self, line: int) -> _Unit | None:
        """The outermost unit that begins first below a line."""
        place = bisect_right(self._starts, line)
        if place == len(self._units):
            return None
        end = bisect_right(self._starts, self._starts[place])
        return max(self._units[place:end], key=lambda unit: unit[1])

    def touching(self, line: int) -> list[ast.expr]:
        """The strings that stand on a line."""
        return [node for _, _, node in self._touching[line] if isinstance(node, ast.expr)]

    def longest(self, unit: _Unit) -> ast.expr | None:
        """The longest string of a unit."""
        key = id(unit[2])
        if key not in self._longest:
            self._longest[key] = _longest(_strings(unit[2]))
        return self._longest[key]

    def name(self, mark: _Mark) -> str:
        """The variable that the marked statement assigns, if it assigns one."""
        below = self.below(mark.line) if mark.alone else None
        for _, _, node in [below] if below is not None else self._around[mark.line]:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                return node.targets[0].id
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                return node.target.id
        return ""


def _covering(units: Sequence[_Unit], lines: Sequence[int]) -> dict[int, list[_Unit]]:
    """For each line the units, sorted by their starts, that it belongs to."""
    found: dict[int, list[_Unit]] = {}
    active: list[_Unit] = []
    place = 0
    for line in sorted(set(lines)):
        while place < len(units) and units[place][0] <= line:
            active.append(units[place])
            place += 1
        active = [unit for unit in active if unit[1] >= line]
        found[line] = active
    return found


def _marked(mark: _Mark, units: _Units, rows: Sequence[str]) -> ast.expr | None:
    """The string that a mark means."""
    if mark.alone:
        below = units.below(mark.line)
        if below is None or not _only_comments(rows, mark.line, below[0]):
            return None
        return units.longest(below)
    around = units.around(mark.line)
    if around is None:
        return None
    return _longest(units.touching(mark.line)) or units.longest(around)


def _only_comments(rows: Sequence[str], line: int, below: int) -> bool:
    """Whether nothing but comments, decorators and the head of a function is between two lines."""
    kept = [row.strip() for row in rows[line : min(below - 1, line + _MOST_BETWEEN)]]
    return all(
        not row or row[0] in "#@)" or row.startswith(("def ", "async def ", "class "))
        for row in kept
    )


def _strings(node: ast.AST) -> list[ast.expr]:
    """The outermost string expressions below a tree, keys and subscripts left out."""
    found: list[ast.expr] = []
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.expr) and is_string(part):
            found.append(part)
        elif isinstance(part, ast.Dict):
            waiting += part.values
        elif isinstance(part, ast.Subscript):
            waiting.append(part.value)
        elif isinstance(part, ast.AnnAssign):
            waiting += [part.value] if part.value is not None else []
        else:
            waiting += ast.iter_child_nodes(part)
    return found


def _longest(nodes: Sequence[ast.expr]) -> ast.expr | None:
    def size(node: ast.expr) -> tuple[int, int, int, int]:
        rows = (node.end_lineno or node.lineno) - node.lineno
        width = (node.end_col_offset or 0) - (0 if rows else node.col_offset)
        return rows, width, -node.lineno, -node.col_offset

    return max(nodes, key=size, default=None)


def _message(node: ast.expr, lines: SourceLines, role: str) -> ForeignMessage:
    pieces = read_string(node, lines)
    text = pieces.text
    taken = [(slot.start, slot.end) for slot in pieces.slots]
    if not taken and "{" in text:
        values = [match.span() for match in VALUE.finditer(text)]
        pieces.slots += plain_fields(text, values)
    table = pieces.table
    return ForeignMessage(
        role=role, text=text, locate=TablePlaces(lambda: table), slots=tuple(pieces.slots)
    )


def _signal(comment: tuple[int, int, str, bool], units: _Units) -> Comment | None:
    """A suppression: above a statement for all of it, else for the statement around its line."""
    line, column, text, alone = comment
    match = _SIGNAL.search(text)
    if match is None or MARK not in text:
        return None
    unit = units.below(line) if alone else units.around(line)
    first, last = (line, line) if unit is None else (line if alone else unit[0], unit[1])
    return Comment(
        text=match[1], line=line, column=column, alone=alone, first_line=first, last_line=last
    )
