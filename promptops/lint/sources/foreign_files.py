"""Readers of the formats with one prompt a file: Prompty, Dotprompt, POML."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from promptops.lint.sources.building import built, html_comments, html_remarks
from promptops.lint.sources.model import Read, Source
from promptops.prompts.formats.dotprompt import read_dotprompt as _dotprompt
from promptops.prompts.formats.foreign import (
    ForeignMessage,
    ForeignPrompt,
    Remark,
    role_named,
    shifted,
)
from promptops.prompts.formats.prompty import read_prompty as _prompty

_TAG = re.compile(r"</?[A-Za-z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>", re.DOTALL)
_TURN = re.compile(r"<(/?)(system|human|user|ai|assistant|tool)-(?:msg|message)\b", re.IGNORECASE)


def read_poml(text: str) -> ForeignPrompt:
    """Read POML as what its author wrote: the text between the tags, one message a turn.

    Tags and comments are template; what sits outside of turns is the user's, as the renderer has
    it. Nothing in such a file is refused.

    Source: the samples of microsoft/poml; read 2026-08-21.
    """
    comments = list(html_comments(text))
    cuts, tags = [("user", 0)], list(comments)
    gaps = zip([0, *(end for _, end in comments)], [*comments, (len(text), 0)], strict=True)
    for begin, (stop, _) in gaps:
        for match in _TAG.finditer(text, begin, stop):
            tags.append(match.span())
            if turn := _TURN.match(text, match.start()):
                cuts.append(("user" if turn[1] else role_named(turn[2]), match.end()))
    tags.sort()
    starts = [start for start, _ in tags]
    messages = []
    for number, (role, start) in enumerate(cuts):
        end = cuts[number + 1][1] if number + 1 < len(cuts) else len(text)
        inside = tags[bisect_left(starts, start) : bisect_left(starts, end)]
        inner = [(a - start, b - start) for a, b in inside]
        if _says_something(text[start:end], inner):
            messages.append(
                ForeignMessage(
                    role=role, text=text[start:end], locate=shifted(start), template=tuple(inner)
                )
            )
    remarks = [Remark(body=text[a + 4 : b - 3].strip(), start=a, end=b) for a, b in comments]
    return ForeignPrompt(name="", messages=tuple(messages), syntax="jinja", remarks=tuple(remarks))


def _says_something(text: str, tags: list[tuple[int, int]]) -> bool:
    place = 0
    for start, end in [*tags, (len(text), len(text))]:
        if text[place:start].strip():
            return True
        place = end
    return False


def _prompty_with_html(text: str, where: str) -> ForeignPrompt:
    foreign = _prompty(text, where)
    return replace(foreign, remarks=(*foreign.remarks, *html_remarks(text)))


def read_prompty(source: Source) -> Iterator[Read]:
    """Read a Prompty file.

    Raises:
        PromptSyntaxError: The front matter is wrong.
    """
    return _PROMPTY(source)


def read_dotprompt(source: Source) -> Iterator[Read]:
    """Read a Dotprompt file.

    Raises:
        PromptSyntaxError: The front matter is wrong.
    """
    return _DOTPROMPT(source)


def read_poml_file(source: Source) -> Iterator[Read]:
    """Read a POML file."""
    return _POML(source)


_PROMPTY = built(_prompty_with_html, template="file")
_DOTPROMPT = built(_dotprompt, template="file")
_POML = built(lambda text, _: read_poml(text))
