"""Solved examples that stand in the text itself, in the form in which the input is asked.

A prompt that ends with ``Q: {{ question }}`` and ``A:`` shows its examples the same way: each
begins with the label that the input has, and carries the labels that all of them have.
"""

import re
from collections.abc import Sequence
from functools import reduce
from itertools import pairwise

from promptops.lint.regions import Stretch

_LABEL = re.compile(r"^[ \t*_#-]{0,8}([A-Za-z][\w /-]{0,24}?)[*_]{0,2}:", re.MULTILINE)
_TITLE = re.compile(
    r"[ \t*_#-]{0,8}(?:examples?|shots?|samples?|demonstrations?)\b[^\n:]{0,20}:?[ \t*_]{0,4}",
    re.IGNORECASE,
)
_NEAR = 3  # lines between the label of the input and the input
_PARAGRAPH = re.compile(r"\n[ \t]{0,80}\n")


def shots(text: str, tags: Sequence[Stretch]) -> list[Stretch]:
    """The examples before the input, in order, each with its title; none where there is no series.

    Args:
        text: Template text of one message.
        tags: Where template tags stand.
    """
    slot = next((start for start, _ in sorted(tags) if text.startswith("{{", start)), None)
    if slot is None:
        return []
    labels = [(match.start(), match.group(1).lower()) for match in _LABEL.finditer(text, 0, slot)]
    if not labels or text.count("\n", labels[-1][0], slot) > _NEAR:
        return []
    begins = [start for start, name in labels if name == labels[-1][1]]
    parts = [
        (start, end, [each for each in labels if start <= each[0] < end])
        for start, end in pairwise(begins)
    ]
    named = [{name for _, name in own} for *_, own in parts]
    common = reduce(set.intersection, named) if named else set()
    if len(common) <= 1:  # without an answer it is no solved example
        return []
    found = []
    for start, end, own in parts:
        last = max(at for at, name in own if name in common)
        close = _PARAGRAPH.search(text, last, end)
        body = text[start : close.start() if close else end].rstrip()
        found.append((_with_title(text, start), start + len(body)))
    return found


def _with_title(text: str, start: int) -> int:
    """Where the line above begins when it is a title such as "Example 1", else ``start``."""
    above = text[:start].rstrip()
    line = above.rfind("\n") + 1
    return line if _TITLE.fullmatch(above, line) else start
