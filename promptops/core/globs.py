"""Globs over paths, as .gitignore files have them.

``*`` and ``?`` stay inside a folder's name, ``**/`` stands for any number of folders, also none. A
glob without a slash speaks of names in any folder; one that ends with a slash of everything below.

Source: gitignore(5), "Pattern format".
"""

import re
from functools import lru_cache


def matches(path: str, glob: str) -> bool:
    """Whether a path, relative and with forward slashes, is meant by a glob."""
    return _pattern(glob).fullmatch(path) is not None


@lru_cache(maxsize=512)
def _pattern(glob: str) -> re.Pattern[str]:
    text = glob.removeprefix("./")
    if text.endswith("/"):
        text += "**"
    anywhere = "/" not in text
    parts = []
    at = 0
    text = text.removeprefix("/")
    while at < len(text):
        if text.startswith("**/", at):
            parts.append("(?:.*/)?")
            at += 3
        elif text.startswith("**", at):
            parts.append(".*")
            at += 2
        elif text[at] == "[" and (end := text.find("]", at + 2)) > 0:
            inside = text[at + 1 : end].replace("\\", "\\\\")
            parts.append(f"[{'^' + inside[1:] if inside.startswith('!') else inside}]")
            at = end + 1
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(text[at], re.escape(text[at])))
            at += 1
    return re.compile(f"{'(?:.*/)?' if anywhere else ''}{''.join(parts)}", re.DOTALL)
