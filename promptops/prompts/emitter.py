"""Writes JSON values as YAML that reads well and reads back as exactly the same values.

Small collections go on one line, long or multi-line text becomes a literal block, everything else
is quoted only where it must be. PyYAML's own emitter gives up on block text with a trailing space
and wraps long lines; prompts are full of both.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from promptops.core.canonical import JSON, canonical_json
from promptops.prompts.plain_scalars import is_safe_plain

WIDTH = 100
Path = tuple[str | int, ...]
_ESCAPED = re.compile(
    "[^\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd"
    "\\U00010000-\\U0010ffff]"
)
_NOT_IN_BLOCK = re.compile(
    "[^\\t\\n\\x20-\\x7e\\xa0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd"
    "\\U00010000-\\U0010ffff]"
)


def emit(value: Mapping[str, JSON], *, block: Callable[[Path], bool]) -> str:
    """The YAML text of a mapping.

    Args:
        value: JSON values all the way down.
        block: Whether the collection at a path is spread over lines even when it is short.
    """
    return "".join(f"{line}\n" for line in _mapping(value, (), "", block))


def _mapping(
    value: Mapping[str, JSON], path: Path, indent: str, block: Callable[[Path], bool]
) -> Iterator[str]:
    for key, member in value.items():
        head = f"{indent}{_text(key)}:"
        yield from _member(head, member, (*path, key), indent, block)


def _sequence(
    value: Sequence[JSON], path: Path, indent: str, block: Callable[[Path], bool]
) -> Iterator[str]:
    for index, member in enumerate(value):
        here = (*path, index)
        head = f"{indent}-"
        if isinstance(member, Mapping) and member and not _on_one_line(member, here, head, block):
            lines = _mapping(member, here, indent + "  ", block)
            yield f"{indent}- {next(lines).lstrip(' ')}"
            yield from lines
        else:
            yield from _member(head, member, here, indent, block)


def _member(
    head: str, value: JSON, path: Path, indent: str, block: Callable[[Path], bool]
) -> Iterator[str]:
    if isinstance(value, str):
        plain = is_safe_plain(value, flow=False)
        if not plain and ("\n" in value or len(value) > WIDTH):
            header = _block_header(value)
            if header:
                yield f"{head} {header}"
                for line in _block_lines(value):
                    yield f"{indent}  {line}" if line else ""
                return
        yield f"{head} {_text(value, flow=False)}"
    elif not _is_collection(value) or not value or _on_one_line(value, path, head, block):
        yield f"{head} {_flow(value)}"
    elif isinstance(value, Mapping):
        yield head
        yield from _mapping(value, path, indent + "  ", block)
    else:
        yield head
        yield from _sequence(value, path, indent + "  ", block)


def _is_collection(value: JSON) -> bool:
    return isinstance(value, Mapping | Sequence) and not isinstance(value, str)


def _on_one_line(value: JSON, path: Path, head: str, block: Callable[[Path], bool]) -> bool:
    return not block(path) and not _has_lines(value) and len(head) + len(_flow(value)) < WIDTH


def _has_lines(value: JSON) -> bool:
    if isinstance(value, str):
        return "\n" in value
    if isinstance(value, Mapping):
        return any(_has_lines(member) for member in value.values())
    return isinstance(value, Sequence) and any(_has_lines(member) for member in value)


def _flow(value: JSON) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {_flow(v)}" for key, v in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_flow(member) for member in value) + "]"
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 2**53:
        # JSON's shortest form would look like another integer.
        return repr(value)
    return canonical_json(value).decode("utf-8")


def _text(text: str, *, flow: bool = True) -> str:
    if is_safe_plain(text, flow=flow):
        return text
    escaped = _ESCAPED.search(text) is not None
    if not escaped and "'" not in text and ('"' in text or "\\" in text):
        return f"'{text}'"
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(_escape, quoted) if escaped else quoted


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _block_header(text: str) -> str:
    """``|`` with its indicators, or nothing when a literal block cannot hold the text."""
    first = next((line for line in text.split("\n") if line), "")
    if not text.strip(" \n") or _NOT_IN_BLOCK.search(text):
        return ""
    # Readers find the indentation by the first line; tell them when it starts with white space.
    indentation = "2" if first[0] in " \t" else ""
    if not text.endswith("\n"):
        return f"|{indentation}-"
    return f"|{indentation}+" if text.endswith("\n\n") else f"|{indentation}"


def _block_lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")
