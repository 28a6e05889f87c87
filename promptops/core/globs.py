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
            parts.append(_choice(text[at + 1 : end]))
            at = end + 1
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(text[at], re.escape(text[at])))
            at += 1
    return re.compile(f"{'(?:.*/)?' if anywhere else ''}{''.join(parts)}", re.DOTALL)


def _choice(inside: str) -> str:
    """What stands between brackets, as a regular expression; no choice is a slash."""
    others = inside.startswith("!")
    rest = inside.removeprefix("!")
    members = []
    while rest:
        first, last, length = rest[0], rest[0], 1
        if len(rest) > 2 and rest[1] == "-":
            last, length = rest[2], 3
        if first <= last:  # a range that runs backward holds nothing
            members.append(f"{re.escape(first)}-{re.escape(last)}")
        rest = rest[length:]
    if not members:
        return "[^/]" if others else "(?!)"
    return f"(?!/)[{'^' if others else ''}{''.join(members)}]"
