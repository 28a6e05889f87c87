"""Handlebars as our template language, where the two can say the same.

Values, ``if``/``unless``/``else`` and ``each`` are translated, with Handlebars' white space: a
block tag or a comment that stands alone on its line takes the line with it, and ``~`` trims.
Anything else is refused by name.
"""

import re

from promptops.prompts.formats.handlebars import HandlebarsTag, handlebars_tags
from promptops.prompts.template import escape_literal

_PATH = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*){0,10}")
_LINE_END = re.compile(r"[ \t]*(?:\r?\n|\Z)")
_LOOP = {"@index": "loop.index0", "@first": "loop.first", "@last": "loop.last"}


class UntranslatableError(ValueError):
    """The template uses what our language does not have."""


def to_jinja(text: str, *, begins_line: bool = True, ends_line: bool = True) -> str:
    """The same template in our language.

    Args:
        text: Handlebars.
        begins_line: Whether nothing stands before ``text`` on its first line.
        ends_line: Whether nothing stands behind it on its last.

    Raises:
        UntranslatableError: It cannot be said.
    """
    if "\\{{" in text:
        raise UntranslatableError("escaped braces")
    translator = _Translator()
    parts: list[str] = []
    done, trim = 0, False
    for tag in handlebars_tags(text):
        before = text[done : tag.start]
        alone = _stands_alone(text, done, tag, begins_line=begins_line, ends_line=ends_line)
        if trim:
            before = before.lstrip()
        if text.startswith("{{~", tag.start):
            before = before.rstrip()
        elif alone:
            before = before.rstrip(" \t")
        parts += [escape_literal(before), translator.tag(tag)]
        done, trim = tag.end, text.endswith("~}}", tag.start, tag.end)
        if alone and not trim and (end := _LINE_END.match(text, done)):
            done = end.end()
    rest = text[done:]
    if "{{" in rest:
        raise UntranslatableError("a tag that is not closed")
    parts.append(escape_literal(rest.lstrip() if trim else rest))
    translator.finish()
    return "".join(parts)


def _stands_alone(
    text: str, done: int, tag: HandlebarsTag, *, begins_line: bool, ends_line: bool
) -> bool:
    if tag.kind not in ("statement", "comment"):
        return False
    before = text[text.rfind("\n", 0, tag.start) + 1 : tag.start]
    first = "\n" not in text[: tag.start]
    if before.strip() or (first and not begins_line) or done > tag.start:
        return False
    end = _LINE_END.match(text, tag.end)
    if end is None:
        return False
    return ends_line or end.end() < len(text) or text[tag.end : end.end()].endswith("\n")


class _Translator:
    """Writes tags; knows which blocks are open."""

    def __init__(self) -> None:
        self._blocks: list[str] = []

    def tag(self, tag: HandlebarsTag) -> str:
        if tag.kind == "comment":
            return ""
        if tag.kind == "value":
            return f"{{{{ {self._path(tag.body.lstrip('& '))} }}}}"
        if (tag.kind == "statement" and tag.body[0] in "#/") or tag.name == "else":
            return self._block(tag)
        raise UntranslatableError(f"{{{{{tag.body[:40]}}}}}")

    def finish(self) -> None:
        if self._blocks:
            raise UntranslatableError(f"{{{{#{self._blocks[-1]}}}}} that is not closed")

    def _block(self, tag: HandlebarsTag) -> str:
        if tag.body == "else" and self._blocks and self._blocks[-1] in ("if", "unless"):
            return "{% else %}"
        if tag.body.startswith("/"):
            if not self._blocks or self._blocks[-1] != tag.name:
                raise UntranslatableError(f"{{{{/{tag.name}}}}} that closes nothing")
            return "{% endfor %}" if self._blocks.pop() == "each" else "{% endif %}"
        words = tag.body.lstrip("# ").split()
        if tag.name not in ("if", "unless", "each") or len(words) != 2:
            raise UntranslatableError(f"{{{{{tag.body[:40]}}}}}")
        path = self._path(words[1])
        self._blocks.append(tag.name)
        if tag.name == "each":
            return f"{{% for {self._item()} in {path} %}}"
        return f"{{% if {'not ' if tag.name == 'unless' else ''}{path} %}}"

    def _item(self) -> str:
        return f"item{self._blocks.count('each')}"

    def _path(self, path: str) -> str:
        if "each" in self._blocks:
            if path in _LOOP:
                return _LOOP[path]
            if path in ("this", "."):
                return self._item()
            path = f"{self._item()}.{path.removeprefix('this.')}"
        if not _PATH.fullmatch(path):
            raise UntranslatableError(f"{{{{{path[:40]}}}}}")
        return path
