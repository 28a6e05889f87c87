"""The name that a value is assigned to, and what that name says."""

import re
from itertools import pairwise

from promptops.lint.secrets.named import named

_TAIL = (
    r"[\\\"'`\]})]{0,4}"
    r"(?:\s{0,3}(?:=>|:=|:{1,3}|\?=|\|\|=?|={1,3}|->|\bis\b|\bwas\b|>)\s{0,5}"
    r"|\s{0,3},\s{0,3}(?=[\"'`\\])|\s{1,3}value\s{0,2}=\s{0,2}|[ ]{1,2})"
    r"(?:[A-Za-z.]{1,30}\()?[\\\"'`(]{0,4}(?:(?i:bearer|basic|token|apikey) )?$"
)
_ASSIGNED = re.compile(r"(?P<name>[A-Za-z_$@][\w$@. /-]{0,70}?)" + _TAIL)
_BEHIND = re.compile(r"(?=[\\\"'`\]})\s=:>|,?iw-])" + _TAIL)
_BEHIND_MOST = 64
"""Characters; what stands between a name and its value is shorter."""
_LAST = frozenset("\\\"'`(=:>|s \t\n\r\f\v\x1c\x1d\x1e\x1f")
"""ASCII characters that may stand right in front of a value that is assigned."""
_NO_WORD = " \n\\\"'`(]})$@./_-"
_NAME_END = re.compile(r"[\w$@. /-]{0,71}")
_WINDOW = 110
_PART = re.compile(r"[A-Z]{2,80}(?![a-z])|[A-Z]?[a-z]{1,80}|[0-9]{1,80}")
_OPERATOR = re.compile(r"[=:>|,]|\b(?:is|was)\b")
_SECRET = frozenset(
    {
        "token", "tokens", "secret", "secrets", "password", "passwd", "passphrase", "passcode",
        "pwd", "apikey", "credential", "credentials", "creds", "cred", "auth", "authorization",
        "bearer", "key", "pat", "accesskey", "secretkey", "clientsecret", "authtoken", "pass",
        "accesstoken", "privatekey", "apitoken", "authkey", "oauth", "srt", "keys", "sas",
    }
)  # fmt: skip
_SECRET_ENDS = (*_SECRET, "basic")
NOT_SECRET = frozenset(
    {
        "public", "publishable", "pub", "pubkey", "publickey", "id", "ids", "identifier", "name",
        "vault", "version", "checksum", "hash", "md", "sha", "digest", "url", "uri", "path",
        "file", "filename", "size", "length", "type", "alias", "event", "selector", "audience",
        "primary", "foreign", "chars", "characters", "signature", "signatures", "count", "limit",
        "max", "min", "expiry", "expires", "timeout", "index", "color", "brush", "mapping",
        "cache", "sort", "partition", "idempotency", "fingerprint", "commit", "arn", "endpoint",
        "issuer", "accessor", "author", "keyboard", "csrf", "xsrf",
        "authenticity", "image", "model", "revision", "kit",
        "resource", "artifact", "points", "integrity", "resolved", "nonce", "etag", "thumbprint",
    }
)  # fmt: skip
_JOINED = tuple(
    first + second
    for first in ("api", "secret", "access", "auth", "client", "consumer", "app", "application",
                  "service", "master", "admin", "private", "bot", "bearer", "refresh", "license")
    for second in ("key", "token", "secret", "password")
)  # fmt: skip
_NO_TOKEN = ("csrf", "xsrf", "page", "next", "sync", "cursor", "pub", "primary", "foreign", "sort",
             "partition", "cache", "hot", "host", "short", "hash")  # fmt: skip


def name_before(text: str, start: int) -> list[str]:
    """The last words, in lower case, of the name that the value at ``start`` is assigned to.

    Empty when nothing is assigned there. ``SUMO_accessKey`` is three words.
    """
    if not start or (text[start - 1] not in _LAST and text[start - 1].isascii()):
        return []
    near = text[max(0, start - _WINDOW) : start]
    line = near[near.rfind("\n", 0, max(0, len(near.rstrip()) - 1)) + 1 :]
    behind = _BEHIND.search(line, max(0, len(line) - _BEHIND_MOST))
    if behind is None:
        return []
    operator = _OPERATOR.search(line, behind.start())
    if not operator and "(" not in line[behind.start() :] and not _may_say_secret(line):
        return []
    # All of a name stands on one side of what no name holds.
    reversed_name = _NAME_END.match(line[: behind.start()][::-1])
    first = behind.start() - (reversed_name.end() if reversed_name else 0)
    match = _ASSIGNED.search(line, first)
    if match is None:
        return []
    words = [part.lower() for part in _PART.findall(match["name"])][-7:]
    if _OPERATOR.search(line[match.end("name") :]):
        return words
    return words if words[-1:] and words[-1] in _SECRET else []


def _may_say_secret(line: str) -> bool:
    """Whether a line ends with the word of a secret, or with letters that are no part of words."""
    rest = line.rstrip(_NO_WORD)
    if not rest.isascii() or (rest[-1:].isupper() and not rest[-2:-1].isupper()):
        return True
    return rest.lower().endswith(_SECRET_ENDS)


def provider_form(name: list[str], value: str) -> str:
    """The provider that ``name`` holds the word of, when ``value`` has the form of its keys."""
    if not name or (name[-1] in NOT_SECRET and name[-1] not in {"id", "ids"}):
        return ""
    joined = [first + second for first, second in pairwise(name)]
    for word in (*name, *joined):
        known = named().get(word) or named().get(_without_ending(word))
        if known and known[1].fullmatch(value):
            return known[0]
    return ""


def says_secret(name: list[str]) -> bool:
    """Whether a name is that of a secret, and not of its public half, its file or its length."""
    if any(word in NOT_SECRET for word in name[-4:]):
        return False
    return any(
        word in _SECRET
        or word.endswith(_JOINED)
        or (word.endswith(("token", "secret", "key")) and not word.startswith(_NO_TOKEN))
        for word in name[-4:]
    )


_ENDINGS = (*_JOINED, "token", "secret", "key", "api")


def _without_ending(word: str) -> str:
    if not word.endswith(_ENDINGS):
        return word
    return next(word.removesuffix(each) for each in _ENDINGS if word.endswith(each))
