"""Whether the template of a prompt file can be parsed at all, and where it cannot.

A template that its renderer refuses is a prompt that nobody is ever asked. Only what no renderer
of the language takes is a fault: tags of extensions are not.

Source: the grammars of Jinja 3.1 and of Handlebars 4; read 2026-11-22.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from promptops.prompts.formats.foreign import Syntax
from promptops.prompts.formats.handlebars import HandlebarsTag, handlebars_tags

if TYPE_CHECKING:
    from jinja2 import Environment

_OPENED = re.compile(r"\{\{[ \t]{0,20}[A-Za-z_]\w{0,100}")
_RAW = re.compile(r"\{%-?[ \t]{0,8}raw[ \t]{0,8}-?%\}(?:(?!\{%).)*+|\{#(?:(?!#\}).)*+", re.DOTALL)
_JINJA_OPEN = re.compile(r"\{[{%#]")
_UNKNOWN = re.compile(r"Encountered unknown tag '(\w{1,100})'")
_ENDS = re.compile(
    "else|elif|pluralize|end(?:if|for|macro|block|call|filter|set|with|raw|autoescape|trans)"
)
_STRING = re.compile(r"\"[^\"]*+\"|'[^']*+'|\[[^\]]*+\]")
_NAME = re.compile(r"[#^/>*&\s]{0,20}([^\s}]{1,200})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFault:
    """Why a template cannot be parsed, and the offset of where that shows."""

    offset: int
    message: str


def template_fault(text: str, syntax: Syntax) -> TemplateFault | None:
    """The first thing in a template that its language cannot parse; None when there is none.

    Args:
        text: The whole template: blocks may reach over several messages.
        syntax: Its language; "values" knows tags that are not closed only, "none" nothing.
    """
    if syntax == "none" or "{" not in text:
        return None
    if syntax == "jinja":
        return _jinja_fault(text)
    if syntax == "handlebars":
        return _handlebars_fault(text)
    return _value_fault(text)


def _value_fault(text: str) -> TemplateFault | None:
    """A value that is opened and not closed before the next one; raw text and comments are free."""
    blank = _RAW.sub(lambda match: " " * len(match.group()), text)
    for match in _OPENED.finditer(blank):
        following = blank.find("{{", match.end())
        if blank.find("}}", match.end(), following if following >= 0 else len(blank)) < 0:
            return TemplateFault(offset=match.start(), message="a tag that is not closed")
    return None


def _jinja_fault(text: str) -> TemplateFault | None:
    if _JINJA_OPEN.search(text) is None:
        return None
    from jinja2 import TemplateSyntaxError

    try:
        _environment().parse(text)
    except TemplateSyntaxError as problem:
        message = (problem.message or "not a template").rstrip(".")
        unknown = _UNKNOWN.match(message)
        if unknown and not _ENDS.fullmatch(unknown[1]):
            return None  # an extension's; what follows it cannot be judged without it
        return TemplateFault(
            offset=_first_tag(text, problem.lineno), message=message[:1].lower() + message[1:]
        )
    return None


@cache
def _environment() -> "Environment":
    from jinja2 import Environment

    known = ("do", "loopcontrols", "i18n")
    # Parsed only: nothing is ever rendered with it.
    return Environment(autoescape=True, extensions=[f"jinja2.ext.{name}" for name in known])


def _first_tag(text: str, line: int) -> int:
    """Jinja tells the line alone: the first tag that begins on it, else its first character."""
    start = 0
    for _ in range(line - 1):
        following = text.find("\n", start)
        if following < 0:
            break
        start = following + 1
    end = text.find("\n", start)
    tag = _JINJA_OPEN.search(text, start, end if end >= 0 else len(text))
    return tag.start() if tag else start


def _handlebars_fault(text: str) -> TemplateFault | None:
    blocks: list[tuple[str, int]] = []
    done = 0
    for tag in handlebars_tags(text):
        done = tag.end
        raw = blocks[-1][0].startswith("{{{{") if blocks else False
        if text.startswith("{{{{", tag.start):
            name = "{{{{" + _name(tag)
            if not tag.body.startswith("/"):
                blocks.append((name, tag.start))
            elif blocks and blocks[-1][0] == name:
                blocks.pop()
            continue
        if raw or tag.kind == "comment":
            continue
        if tag.body.startswith("="):
            return None  # Mustache: other braces from here on
        if problem := _tag_fault(tag, blocks):
            return TemplateFault(offset=tag.start, message=problem)
    opened = _unclosed(text, done)
    if opened >= 0:
        return TemplateFault(offset=opened, message="a tag that is not closed")
    if blocks:
        name, start = blocks[-1]
        return TemplateFault(offset=start, message=f'the block "{_shown(name)}" is not closed')
    return None


def _tag_fault(tag: HandlebarsTag, blocks: list[tuple[str, int]]) -> str:
    """What is wrong with one tag, "" for nothing; keeps the list of open blocks."""
    body = tag.body
    if not body:
        return "a tag with nothing in it"
    if "{" in _STRING.sub("", body) or "}" in _STRING.sub("", body):
        return "a tag that is not closed"
    if body == "^" or tag.name == "else":
        return "" if blocks else "an else outside of a block"
    if body[0] in "#^":
        blocks.append((_name(tag), tag.start))
    elif body[0] == "/":
        name = _name(tag)
        if not blocks:
            return f'the end of a block "{_shown(name)}" that is not open'
        if blocks[-1][0] != name:
            return f'the end of a block "{_shown(name)}" inside the block "{_shown(blocks[-1][0])}"'
        blocks.pop()
    return ""


def _name(tag: HandlebarsTag) -> str:
    match = _NAME.match(tag.body)
    return match[1] if match else ""


def _shown(name: str) -> str:
    return name.removeprefix("{{{{")[:40]


def _unclosed(text: str, position: int) -> int:
    """The offset of braces that are opened behind the last tag; those after a backslash are not."""
    while (start := text.find("{{", position)) >= 0:
        if text[max(0, start - 1) : start] != "\\" or text[max(0, start - 2) : start] == "\\\\":
            return start
        position = start + 2
    return -1
