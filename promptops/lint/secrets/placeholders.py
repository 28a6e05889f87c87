"""Where a prompt shows the place of a key: a provider's form, or a name, with a stand-in behind it.

What keys begin with comes from the tables of `kinds`; what names say, from `names`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

from promptops.lint.secrets.finder import FoundSecret
from promptops.lint.secrets.kinds import beginnings
from promptops.lint.secrets.names import name_before, says_secret
from promptops.lint.secrets.values import is_identifier, is_placeholder

_SHORT = 12
"""Characters behind its beginning that any key has, whoever's it is."""
_MOST = 200
"""Beginnings, and names, that are looked at in one text: more of them tell nothing new."""
_NEAR = 120
"""Characters before it in which a line may talk about the form of keys."""
_MARGIN = 24
"""Characters of bullets and quotation marks before what has a line of its own."""
_ORDINARY = frozenset(
    {
        "access", "api", "com", "dp", "key", "live", "mob", "pat", "pub", "production", "pubkey",
        "re", "sandbox", "sat", "sdk", "sk", "pk", "test", "development", "secret", "pa", "rnd",
        "fc", "fw", "tk", "us", "v1",
    }
)  # fmt: skip
"""Parts of keys that names of files and functions begin with, too."""
_PART = re.compile(r"[a-z0-9]{1,40}")
_START = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_]")
_REST = re.compile(
    r"[A-Za-z0-9_~+/=*#<{\[…-]{0,300}(?:\.{1,6}[A-Za-z0-9_~+/=*#<{\[…-]{1,300}){0,3}(?:\.{3})?"
)
_STAND_IN = re.compile(
    r"x{4}|\.{3}|…|\*{3}|#{4}|\byour|[_<{\[-]your|example|placeholder|redacted|([a-z0-9])\1{5}",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    r"(?:key|token|secret|passw(?:or)?d|passphrase|credentials?|access_?id)[\"'`\]]{0,3}"
    r"\s{0,12}(?::=|=>|=|:)\s{0,3}[\"'`]?"
    r"(?P<value>(?:x{6,80}|your[_-](?:[a-z]{1,20}[_-]){0,4}(?:key|token|secret|password|id"
    r"|credentials?|here)|(?:replace|change)[_-]?(?:me|this)|insert[_-][a-z_-]{2,40})\b)"
)
_ALONE = re.compile(r"[ \t>*`\"'-]{0,12}(?:https?://)?$")
_LINE_END = re.compile(r"[\"'`,;.]{0,3}[ \t]{0,8}(?:\n|$)")
_TALK = re.compile(
    r"\b(?:redact|mask|detect|scan|match|regex|pattern|prefix|(?:start|begin)(?:s|ning|ing)? with"
    r"|never|leak)"
)
_MARKS = (
    r"(?:x{4}|\.{3}|[^\x00-\x7f]|\*{3}|#{4}|[<{\[_-]?your|example|placeholder|redacted|0{6}|1{6})"
)


def find_placeholders(text: str, lower: str) -> list[FoundSecret]:
    """Every place of a key that holds a stand-in, in order.

    Args:
        text: A message.
        lower: Its lower case, offset for offset.
    """
    found = list(_by_form(text, lower))
    starts = [place.start for place in found]
    named = [place for place in _by_name(text, lower) if not overlaps(place, found, starts)]
    return sorted((*found, *named), key=lambda place: place.start)


def overlaps(place: FoundSecret, others: Sequence[FoundSecret], starts: Sequence[int]) -> bool:
    """Whether a place shares a character with one of ``others``, which lie apart, in order.

    ``starts`` are where those begin.
    """
    before = bisect_left(starts, place.end) - 1
    return before >= 0 and others[before].end > place.start


@cache
def _forms() -> dict[str, tuple[re.Pattern[str], dict[str, str]]]:
    """By first character: a pattern of all beginnings, the longest first, and whose they are."""
    groups: dict[str, dict[str, str]] = {}
    for beginning, provider in beginnings().items():
        groups.setdefault(beginning[0], {})[beginning] = provider
    return {
        lead: (re.compile("|".join(map(re.escape, sorted(group, key=len, reverse=True)))), group)
        for lead, group in groups.items()
    }


def _by_form(text: str, lower: str) -> Iterator[FoundSecret]:
    forms, done, looked_at = _forms(), 0, 0
    for start in _START.finditer(text):
        at = start.start()
        known = forms.get(text[at])
        match = known[0].match(text, at) if known and at >= done else None
        rest = _REST.match(text, match.end()) if match else None
        if known is None or match is None or rest is None:
            continue
        looked_at += 1
        if looked_at > _MOST:
            return
        if _is_stand_in(text, lower, match, rest):
            done = max(match.end(), rest.end())
            kind = f"{known[1][match.group()]} key"
            yield FoundSecret(start=at, end=done, kind=kind, sure=False)


def _is_stand_in(text: str, lower: str, beginning: re.Match[str], rest: re.Match[str]) -> bool:
    near = lower[max(0, beginning.start() - _NEAR) : beginning.start()]
    if _TALK.search(near, near.rfind("\n") + 1):
        return False
    value = rest.group()
    if _STAND_IN.search(value):
        return True
    closed = not beginning.group()[-1].isalnum()
    if not is_unmistakable(beginning.group()) or (value and not closed and len(value) < _SHORT):
        return False
    empty = not value or is_placeholder(value) or value.lower().endswith(("token", "here"))
    if not empty and (len(value) >= _SHORT or is_identifier(value)):
        return False
    return _stands_for_itself(text, beginning.start(), rest.end())


def _stands_for_itself(text: str, start: int, end: int) -> bool:
    """Whether a value is assigned to a secret's name, or has a line of its own."""
    if says_secret(name_before(text, start)):
        return True
    near = max(0, start - _MARGIN)
    line = text.rfind("\n", near, start) + 1 or near
    if line == near and near and text[near - 1] != "\n":
        return False
    return bool(_ALONE.fullmatch(text, line, start) and _LINE_END.match(text, end))


def is_unmistakable(beginning: str) -> bool:
    """Whether the beginning of a key is found in hardly any other word."""
    parts = _PART.findall(beginning.lower())
    return len(beginning) >= 4 and not all(part in _ORDINARY for part in parts)


def _by_name(text: str, lower: str) -> Iterator[FoundSecret]:
    for match in islice(_ASSIGNED.finditer(lower), _MOST):
        span = match.span("value")
        name = name_before(text, span[0])
        if len(name) > 1 or (name and name != ["key"]):
            kind = "credential, by its name"
            yield FoundSecret(start=span[0], end=span[1], kind=kind, sure=False)


def gate() -> tuple[str, ...]:
    """RE2 patterns over lower-case text of which each text with a finding holds one."""
    lower = sorted({beginning.lower() for beginning in beginnings()})
    return (
        *(f"(?:^|[^a-z0-9_-]){re.escape(each)}{_behind(each)}" for each in lower),
        (
            r"(?:key|token|secret|passwo?r?d|passphrase|credentials?|access_?id)[\"'`\]]{0,3}"
            r"\s{0,12}[:=]>?=?\s{0,3}[\"'`]?(?:x{6}|your[_-]|(?:replace|change)[_-]?(?:me|this)"
            r"|insert[_-])"
        ),
    )


def _behind(beginning: str) -> str:
    """What stands behind a beginning, the less telling the more of it."""
    if not is_unmistakable(beginning):
        return rf"[a-z0-9_.-]{{0,8}}{_MARKS}"
    return "" if not beginning[-1].isalnum() else rf"(?:[\"'`\s]|$|x{{4}}|[a-z0-9_+/-]{{{_SHORT}}})"
