"""Comments kept when a file is written anew: each goes back to the key it stood at."""

import re
from bisect import bisect_right
from collections import defaultdict

from promptops.prompts.strict_yaml import Document, read_yaml

_COMMENT = re.compile(r"(?:(?<=^)|(?<=[ \t\n]))#[^\n]*", re.MULTILINE)


def carry_comments(old: Document, new_text: str) -> str:
    """``new_text`` with the comments of ``old`` put in.

    A comment on its own line goes above the key or list element that followed it, one at the end
    of a line goes behind the key of that line. Where the key is gone its parent takes the comment.
    """
    above, behind, footer = _comments(old)
    if not (above or behind or footer):
        return new_text
    new = read_yaml(new_text, old.where, max_bytes=len(new_text.encode()))
    lines = new_text.split("\n")
    places = _places(new)
    inserts: dict[int, list[str]] = defaultdict(list)
    for pointer, comments in above.items():
        line = _line(new, places, pointer)
        indent = re.match(" *", lines[line - 1])
        inserts[line] += [(indent.group() if indent else "") + comment for comment in comments]
    for pointer, comment in behind.items():
        line = _line(new, places, pointer)
        lines[line - 1] += f"  {comment}"
    for line in sorted(inserts, reverse=True):
        lines[line - 1 : line - 1] = inserts[line]
    return "\n".join(lines[:-1] + footer + lines[-1:])


def _comments(document: Document) -> tuple[dict[str, list[str]], dict[str, str], list[str]]:
    """Own-line comments and end-of-line comments by pointer, and those after the last key."""
    above: dict[str, list[str]] = defaultdict(list)
    behind: dict[str, str] = {}
    footer: list[str] = []
    scalars = sorted((s.start, s.end) for s in document.spans.values() if s.end > s.start)
    starts = [start for start, _ in scalars]
    places = sorted((offset, pointer) for pointer, offset in _places(document).items())
    offsets = [offset for offset, _ in places]
    for match in _COMMENT.finditer(document.text):
        scalar = bisect_right(starts, match.start()) - 1
        if scalar >= 0 and match.start() < scalars[scalar][1]:
            continue
        line_start = document.text.rfind("\n", 0, match.start()) + 1
        before = document.text[line_start : match.start()]
        following = bisect_right(offsets, match.start())
        comment = match.group().rstrip()
        if not before.strip():
            if following < len(places):
                above[places[following][1]].append(comment)
            else:
                footer.append(comment)
        elif before.count('"') % 2 == 0:
            first_of_line = bisect_right(offsets, line_start - 1)
            if first_of_line < following:
                behind[places[first_of_line][1]] = comment
    return above, behind, footer


def _places(document: Document) -> dict[str, int]:
    """Where keys and list elements start."""
    elements = {
        pointer: span.start
        for pointer, span in document.spans.items()
        if pointer and pointer not in document.keys
    }
    return {**elements, **document.keys}


def _line(document: Document, places: dict[str, int], pointer: str) -> int:
    while pointer and pointer not in places:
        pointer = pointer.rpartition("/")[0]
    return document.index.position(places.get(pointer, 0)).line
