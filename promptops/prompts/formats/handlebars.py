"""Where a Handlebars or Mustache template fills values in, found by one walk over the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

HandlebarsKind = Literal["value", "helper", "statement", "comment"]

_PATH = re.compile(r"@?[A-Za-z_$][\w$-]{0,100}(?:[./\[\]]{1,3}[\w$@-]{0,100}){0,20}")
_WORD = re.compile(r"\"[^\"]{0,2000}\"|'[^']{0,2000}'|[^\s\"']{1,2000}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlebarsTag:
    """One tag.

    Attributes:
        kind: ``value`` for ``{{x}}``, ``helper`` for ``{{name argument}}``, ``statement`` for
            blocks, partials and ``else``, ``comment``.
        name: The path of a value, the name of a helper, block or partial.
        start: Offset of the opening braces.
        end: Offset after the closing braces.
        body: What stands between the braces, without trim marks.
        words: The words of the body; strings keep their quotes.
    """

    kind: HandlebarsKind
    name: str
    start: int
    end: int
    body: str
    words: tuple[str, ...]


def handlebars_tags(text: str) -> Iterator[HandlebarsTag]:
    """The tags of a template, in order; a tag that is not closed ends the walk."""
    position = 0
    while (start := text.find("{{", position)) >= 0:
        if text[max(0, start - 1) : start] == "\\" and text[max(0, start - 2) : start] != "\\\\":
            position = start + 2  # \{{ stands for the braces themselves
            continue
        opener, closer = _marks(text, start)
        close = text.find(closer, start + len(opener))
        if close < 0:
            return
        end = close + len(closer)
        yield _tag(text, start, end, opener, closer)
        position = end


def _marks(text: str, start: int) -> tuple[str, str]:
    for opener, closer in (
        ("{{!--", "--}}"),
        ("{{~!--", "--}}"),
        ("{{{{", "}}}}"),
        ("{{{", "}}}"),
    ):
        if text.startswith(opener, start):
            # A long comment may also be closed by --~}}; the first of the two ends it.
            if closer == "--}}":
                close = text.find(closer, start)
                trimmed = text.find("--~}}", start, close if close >= 0 else len(text))
                return opener, "--~}}" if trimmed >= 0 else closer
            return opener, closer
    return "{{", "}}"


def _tag(text: str, start: int, end: int, opener: str, closer: str) -> HandlebarsTag:
    body = text[start + len(opener) : end - len(closer)].strip().strip("~").strip()
    words = tuple(_WORD.findall(body[:4000]))
    kind, name = _kind(opener, body, words)
    return HandlebarsTag(kind=kind, name=name, start=start, end=end, body=body, words=words)


def _kind(opener: str, body: str, words: tuple[str, ...]) -> tuple[HandlebarsKind, str]:
    if "!" in opener or body.startswith("!"):
        return "comment", ""
    if opener == "{{{{" or not words or body[0] in "#^/>*":
        return "statement", body.lstrip("#^/>* ").split(" ")[0]
    if words[0] == "else":
        return "statement", "else"
    first = words[0].lstrip("&") or (words[1] if len(words) > 1 else "")
    path = _PATH.fullmatch(first.removeprefix("this.").removeprefix("./").removeprefix("../"))
    if len(words) > 1 and not body.startswith("&"):
        return "helper", first
    return "value", path.group() if path else first
