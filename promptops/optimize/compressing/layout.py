"""White space, decoration and markup that cost tokens and structure nothing."""

import json
import re
from collections.abc import Iterator

from promptops.optimize.compressing.edit import Edit, Source

_TRAILING = re.compile(r"(?<=[^\s])[ \t]{1,400}(?=\n|\Z)|^[ \t]{1,400}(?=\n)", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,400}")
_RUN = re.compile(r"(?<=[A-Za-z,.;:!?)])[ \t]{2,40}(?=[A-Za-z(])")
_RULER = re.compile(r"^[ \t]{0,8}([=*#~_━═─▬■●•+-])\1{3,400}[ \t]{0,8}\n", re.MULTILINE)
_SHORT_RULER = re.compile(r"^[ \t]{0,3}([-*_])(?:[ \t]?\1){2}[ \t]{0,3}\n", re.MULTILINE)
_MARKS = re.compile(r"(?<=[A-Za-z])([!?])\1{1,20}")
_BOLD = re.compile(r"(\*\*|__)(?=[^\s*_])([^\n*_]{1,200}?)(?<=[^\s*_])\1(?![*_\w])")
_LABEL_AGAIN = re.compile(
    r"^(#{1,6})[ \t]{1,4}([^\n]{1,60}?)[ \t]{0,4}:?[ \t]{0,4}\n{1,3}(?=[*_]{0,2}(\w[^\n:]{0,60}):)",
    re.MULTILINE,
)
_LOOSE = re.compile(
    r"(?<=\n)((?:[-*•+]|\d{1,3}[.)])[ \t][^\n]{1,600}\n)\n(?=(?:[-*•+]|\d{1,3}[.)])[ \t])"
)
_LIST = re.compile(
    r"\b(such as|for example,|e\.g\.,?|for instance,) "
    r"((?:[\w'’/ -]{1,40}, ){4,12})(?:(?:and|or) )?"
    r"([\w'’/-]{1,30}(?: [\w'’/-]{1,30}){0,2})(?=[.;)\n])"
)
_EXAMPLES_SHOWN = 3
_LAID_OUT = re.compile(
    r"\b(?:indent(?:ed|ation)?|pretty[- ]?print|formatted exactly|line breaks?)\b"
)
_JSON_STARTS = re.compile(r"^[ \t]{0,40}([{\[])", re.MULTILINE)


def white_space(source: Source) -> Iterator[Edit]:
    """Blanks at the ends of lines, more than one blank line, runs of blanks inside prose."""
    for pattern, new in ((_TRAILING, ""), (_BLANK_LINES, "\n\n"), (_RUN, " ")):
        for match in pattern.finditer(source.text):
            if source.instructs(*match.span()):
                yield _edit(match, new, "white space", "blanks")


def decoration(source: Source) -> Iterator[Edit]:
    """Lines of signs, rows of exclamation marks."""
    for match in _RULER.finditer(source.text):
        if source.instructs(*match.span()):
            yield _edit(match, "", "decoration", match.group().strip()[:12])
    for match in _MARKS.finditer(source.text):
        if source.instructs(*match.span()):
            yield _edit(match, match.group(1), "decoration", match.group())


def markup(source: Source) -> Iterator[Edit]:
    """Bold type, short rulers, blank lines between list items, a heading said twice."""
    for match in _SHORT_RULER.finditer(source.text):
        if source.instructs(*match.span()) and match.start():
            yield _edit(match, "", "markup", match.group().strip())
    for match in _BOLD.finditer(source.text):
        if source.instructs(*match.span()):
            yield _edit(match, match.group(2), "markup", match.group())
    for match in _LOOSE.finditer(source.text):
        if source.instructs(match.end() - 1, match.end()):
            place = match.end() - 1
            yield Edit(start=place, end=place + 1, new="", kind="markup", shown="a blank line")
    for match in _LABEL_AGAIN.finditer(source.text):
        same = match.group(2).strip().lower() == match.group(3).strip().lower()
        if same and source.instructs(*match.span()):
            yield _edit(match, "", "heading said twice", match.group().strip())


def long_enumerations(source: Source) -> Iterator[Edit]:
    """A list of five examples and more: the first three show what is meant."""
    for match in _LIST.finditer(source.text):
        items = match.group(2).split(", ")[:_EXAMPLES_SHOWN]
        start = match.start()
        # The list itself counts as an example; the sentence that it stands in must not be one.
        if source.instructs(max(0, start - 1), start) and not source.is_kept(*match.span()):
            yield _edit(match, f"{match.group(1)} {', '.join(items)}", "enumeration", match.group())


def compact_json(source: Source) -> Iterator[Edit]:
    """JSON over many lines, on one; not where the prompt speaks of how it is laid out."""
    if ("{" not in source.text and "[" not in source.text) or _LAID_OUT.search(source.lower):
        return
    decoder = json.JSONDecoder(object_pairs_hook=_no_key_twice)
    done = 0
    for match in _JSON_STARTS.finditer(source.text):
        start = match.start(1)
        if start < done:
            continue
        try:
            value, end = decoder.raw_decode(source.text, start)
        except (ValueError, RecursionError):
            continue
        done = end
        if "\n" in source.text[start:end] and not source.is_kept(start, end):
            new = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
            yield Edit(start=start, end=end, new=new, kind="JSON layout", shown="JSON layout")


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _edit(match: re.Match[str], new: str, kind: str, shown: str) -> Edit:
    return Edit(start=match.start(), end=match.end(), new=new, kind=kind, shown=shown)
