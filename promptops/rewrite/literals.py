"""The plain words of a template text, told from what a rewording may never touch."""

import re
from collections.abc import Callable

_PLACE = "\ue000"
_UNTOUCHED = re.compile(
    rf"{_PLACE}|"
    r"\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}"
    r"|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
    r"|```.*?```|`[^`\n]*`|\"[^\"\n]*\"|“[^”\n]*”|</?[A-Za-z][\w-]*>|https?://\S+",
    re.DOTALL,
)


def map_words(text: str, change: Callable[[str], str]) -> str:
    """Change the plain words around tags, code, quotations and links; these stay as they are.

    Args:
        text: Template source.
        change: Gets the text with one character in the place of each of these, and keeps those
            characters in their order; when it loses one, the text stays as it is.
    """
    literals = _UNTOUCHED.findall(text)
    changed = change(_UNTOUCHED.sub(_PLACE, text))
    if changed.count(_PLACE) != len(literals):
        return text
    pieces = changed.split(_PLACE)
    return "".join(part for pair in zip(pieces, [*literals, ""], strict=True) for part in pair)


def trimmed(changed: str, text: str) -> str:
    """A changed text with the white space around it that it had before."""
    if changed == text:
        return text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return f"{text[:start]}{changed.strip()}{text[end:]}" if changed.strip() else ""


_LINE_MARK = re.compile(r"\s*(?:(?:[-*•>]|\d+[.)]|#{1,6})[ \t]+)*")


def line_around(text: str, place: int) -> str:
    """The line that a place of a text is on."""
    end = text.find("\n", place)
    return text[text.rfind("\n", 0, place) + 1 : end if end >= 0 else len(text)]


def starts_sentence(text: str, place: int) -> bool:
    """Whether a sentence begins at a place of a text, an item of a list or bold words included."""
    before = text[text.rfind("\n", 0, place) + 1 : place].rstrip("*_")
    if before.rstrip(" \t*_").endswith((".", "!", "?", ":")):
        return True
    return _LINE_MARK.fullmatch(before) is not None
