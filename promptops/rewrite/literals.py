"""The plain words of a template text, told from what a rewording may never touch."""

import re
from collections.abc import Callable

_UNTOUCHED = re.compile(
    r"\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}"
    r"|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
    r"|```.*?```|`[^`\n]*`|\"[^\"\n]*\"|“[^”\n]*”|</?[A-Za-z][\w-]*>|https?://\S+",
    re.DOTALL,
)


def map_words(text: str, change: Callable[[str], str]) -> str:
    """Change the plain words between tags, code, quotations and links; these stay as they are."""
    parts: list[str] = []
    end = 0
    for match in _UNTOUCHED.finditer(text):
        parts += [change(text[end : match.start()]), match.group()]
        end = match.end()
    return "".join([*parts, change(text[end:])])


def plain_words(text: str) -> str:
    """Only the plain words."""
    return _UNTOUCHED.sub(" ", text)
