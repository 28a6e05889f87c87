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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promptops.lint.parsed import Comment, ParsedPrompt
from promptops.lint.slots import tags
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
    ForeignMessage,
    ForeignPrompt,
    TablePlaces,
    role_named,
)

MARKER = "promptops: prompt"
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
    lines = SourceLines(text)
    places = Places(text)
    units = list(_units(tree))
    read: list[ParsedPrompt] = []
    for mark in marks:
        node = _marked(mark, units, text)
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
        name = _name(mark, units)
        foreign = ForeignPrompt(name=name, messages=(message,), syntax="jinja")
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


def _marked(mark: _Mark, units: Sequence[_Unit], text: str) -> ast.expr | None:
    """The string that a mark means."""
    if mark.alone:
        below = min((first for first, _, _ in units if first > mark.line), default=None)
        if below is None or not _only_comments(text, mark.line, below):
            return None
        started = [unit for unit in units if unit[0] == below]
        outermost = max(started, key=lambda unit: unit[1])
        return _longest(_strings(outermost[2]))
    around = [unit for unit in units if unit[0] <= mark.line <= unit[1]]
    if not around:
        return None
    innermost = min(around, key=lambda unit: unit[1] - unit[0])
    touching = [
        node
        for unit in around
        for node in _strings(unit[2])
        if node.lineno <= mark.line <= (node.end_lineno or node.lineno)
    ]
    return _longest(touching) or _longest(_strings(innermost[2]))


def _only_comments(text: str, line: int, below: int) -> bool:
    """Whether nothing but comments, decorators and the head of a function is between two lines."""
    between = text.split("\n")[line : below - 1]
    kept = [row.strip() for row in between]
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
        jinja = [(tag.start, tag.end) for tag in tags(text)]
        pieces.slots += plain_fields(text, jinja)
    table = pieces.table
    return ForeignMessage(
        role=role, text=text, locate=TablePlaces(lambda: table), slots=tuple(pieces.slots)
    )


def _name(mark: _Mark, units: Sequence[_Unit]) -> str:
    """The variable that the marked statement assigns, if it assigns one."""
    for first, last, node in units:
        near = first <= mark.line <= last or (mark.alone and first == mark.line + 1)
        if near and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            return node.targets[0].id
        if near and isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            return node.target.id
    return ""


def _signal(comment: tuple[int, int, str, bool], units: Sequence[_Unit]) -> Comment | None:
    """A suppression: above a statement for all of it, else for the statement around its line."""
    line, column, text, alone = comment
    match = _SIGNAL.search(text)
    if match is None or MARK not in text:
        return None
    first = last = line
    if alone:
        below = min((start for start, _, _ in units if start > line), default=line)
        last = max((end for start, end, _ in units if start == below), default=line)
    else:
        around = [unit for unit in units if unit[0] <= line <= unit[1]]
        if around:
            first, last, _ = min(around, key=lambda unit: unit[1] - unit[0])
    return Comment(
        text=match[1], line=line, column=column, alone=alone, first_line=first, last_line=last
    )
