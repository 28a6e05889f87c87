"""Find secrets in a text, the surest evidence first; no two findings overlap."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from promptops.lint.secrets.kinds import telling
from promptops.lint.secrets.names import NOT_SECRET, name_before, provider_form, says_secret
from promptops.lint.secrets.places import around_signs
from promptops.lint.secrets.values import (
    UUID,
    decoded,
    is_identifier,
    is_key_around_a_counter,
    is_made_up_token,
    is_placeholder,
    looks_like_marked_key,
    looks_like_password,
    looks_random,
)
from promptops.lint.text import lower as lowered


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSecret:
    """A stretch of text that is a secret.

    ``kind`` is a phrase such as "GitHub key"; ``sure`` is false when only the name and the
    randomness of the value speak for it.
    """

    start: int
    end: int
    kind: str
    sure: bool


_LONG = 400
"""Characters. Below that the whole text is read as fast as it is looked over first."""
MOST = 1000
"""Candidates that one way of looking takes up in a text."""

_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9.~_](?=[A-Za-z0-9_.~+/=:$@-]{13})")
_DIGIT = re.compile(r"[0-9]")
_VALUE = re.compile(
    r"[A-Za-z0-9_.~+/-](?<![A-Za-z0-9_.~+/-]{2})[A-Za-z0-9_.~+/-]{9,599}={0,2}(?![A-Za-z0-9])"
)
_LONGER = re.compile(r"[A-Za-z0-9_.~+/=-]{10,600}")
_HALVES = re.compile(
    r":(?<=[0-9a-f]{8}:)[0-9a-f]{8}(?![0-9a-zA-Z:])(?<![0-9a-zA-Z:][0-9a-f]{8}:[0-9a-f]{8})"
)
_HALF = 8
_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?P<body>[A-Za-z0-9+/=\s\\:,.-]{64,4"
    r"000})"
)
_WEB_TOKEN = re.compile(
    r"\bey[A-Za-z0-9_-]{16,1000}\.ey[A-Za-z0-9_-]{16,3000}\.[A-Za-z0-9_-]{10,1000}"
)
_CODED_WEB_TOKEN = re.compile(r"\bZXlK[A-Za-z0-9+/_-]{60,3000}={0,2}")
_ADDRESS = re.compile(
    r"://(?P<user>[^\s:/@'\"<>{}]{0,80}):(?P<password>[^\s:/@'\"<>{}]{3,120})@[\w.-]{3,100}"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}$")
_USER_OPTION = re.compile(
    r"\bcurl\b[^\n]{0,300}?(?:\\\n[^\n]{0,200}?){0,6}\s(?:-u|--user|--proxy-user)[ =]{0,2}"
    r"(?P<quote>[\"'])?(?P<user>[^\s:\"']{0,80}):(?P<password>(?(quote)[^\n\"']|[^\s\"']){0,120})"
)
_HEADER = re.compile(
    r"(?:authorization|(?:x-[a-z-]{0,20}|\b(?:api|private|auth)[_-]?)(?:key|token|auth|secret)"
    r"|[\"']token)"
    r"[\"']?\s{0,2}[:=]\s{0,2}[\"']?(?P<scheme>(?:basic|bearer|token|apikey|bot|digest)[ :]{1,2})?"
    r"(?P<value>[^\s\"'<>{}$]{8,2000})"
)
_HEADER_WORDS = ("authorization", "key", "token", "auth", "secret")
_ASSIGNS = re.compile(r"[\"']?\s{0,2}[:=]")
_PASSWORD = re.compile(
    r"(?:passw(?:or)?d|passphrase|passcode|\bpwd)(?:[_-]?[a-z0-9]{0,12})(?: (?:for|of"
    r"|to) [^.:=\n]{1,40}?)?[\"'`]?\s{0,3}"
    r"(?:=>|:=|={1,2}|:|\bis\b)\s{0,3}(?P<quote>[\"'`]?)(?P<value>[^\s\"'`<>{}$()\[\],;]{6,64})"
)
_MANIFEST = re.compile(r"kind:[ \t]{0,3}[\"']?Secret\b")
_MANIFEST_VALUE = re.compile(
    r"^[ \t]{1,12}[\w.-]{1,60}:[ \t]{1,4}[\"']?(?P<value>[A-Za-z0-9+/]{8,2000}={0,2})[\"']?[ "
    r"\t]{0,4}$",
    re.MULTILINE,
)
_SERVICE_ACCOUNT = re.compile(r"\"type\"\s{0,3}:\s{0,3}\"service_account\"")


def find_secrets(text: str) -> list[FoundSecret]:
    """The secrets in ``text``, in order of place.

    A text that is one long list of keys is told by its first ones, not by every one: each way of
    looking stops after `MOST` candidates.

    Args:
        text: A message.
    """
    if len(text) < _LONG:
        return _apart(_candidates(text, lowered(text)))
    return _apart(
        replace(secret, start=secret.start + start, end=secret.end + start)
        for start, end in around_signs(text)
        for secret in _candidates(text[start:end], lowered(text[start:end]))
    )


def _apart(candidates: Iterable[FoundSecret]) -> list[FoundSecret]:
    """Candidates in order of place, those that overlap an earlier candidate left out."""
    found: list[FoundSecret] = []
    for secret in candidates:
        place = bisect_left(found, secret.end, key=lambda other: other.start)
        if not place or found[place - 1].end <= secret.start:  # they lie apart, in order
            found.insert(place, secret)
    return found


def _candidates(text: str, lower: str) -> Iterator[FoundSecret]:
    for found in (
        _by_form(text),
        _credentials(text, lower),
        _by_name(text),
        _passwords(text, lower),
        _manifest(text),
    ):
        yield from islice(found, MOST)


def _found(span: tuple[int, int], kind: str, *, sure: bool = True) -> FoundSecret:
    return FoundSecret(start=span[0], end=span[1], kind=kind, sure=sure)


@cache
def _forms() -> dict[str, tuple[re.Pattern[str], tuple[str, ...]]]:
    """By the first character of a key ("" where it may be any): the pattern and the providers."""
    rows: dict[str, list[tuple[str, str]]] = {}
    for lead, provider, source in telling():
        rows.setdefault(lead, []).append((provider, source))
    return {
        lead: (
            re.compile(f"(?:{'|'.join(f'({source})' for _, source in group)})(?![A-Za-z0-9~])"),
            tuple(provider for provider, _ in group),
        )
        for lead, group in rows.items()
    }


def _by_form(text: str) -> Iterator[FoundSecret]:
    """Private keys, web tokens, and the keys that show by themselves whose they are."""
    if "PRIVATE KEY" in text:
        for match in _KEY_BLOCK.finditer(text):
            if not is_placeholder(match["body"][:200], least=3.5):
                yield _found(match.span(), "private key")
    if ".ey" in text:
        for match in _WEB_TOKEN.finditer(text):
            if not is_made_up_token(match.group()):
                yield _found(match.span(), "JSON web token")
    if "ZXlK" in text:
        for match in _CODED_WEB_TOKEN.finditer(text):
            if decoded(match.group()).startswith("ey"):
                yield _found(match.span(), "JSON web token")
    for start in _START.finditer(text):
        yield from _provider_key(text, start.start())


def _provider_key(text: str, start: int) -> Iterator[FoundSecret]:
    for lead in (text[start], ""):
        pattern, providers = _forms().get(lead, _NO_FORM)
        match = pattern.match(text, start)
        if match is None or match.lastindex is None:
            continue
        value = match.group().removeprefix("test_").replace("$", "-")
        stand_in = is_placeholder(value) and not is_key_around_a_counter(value)
        stand_in = stand_in or bool(_GOES_ON.match(text, match.end()))
        if not stand_in and not is_identifier(value):
            yield _found(match.span(), f"{providers[match.lastindex - 1]} key")


_GOES_ON = re.compile(
    r"[_-]?[#*\u2022\u2026]{3}|\.(?:png|jpe?g|gif|svg|ico|webp|css|js|html?|map|pdf|json|md|txt|zip)\b"
)
"""Behind what has the form of a key: it is masked, or is the name of a file."""
_NO_FORM: tuple[re.Pattern[str], tuple[str, ...]] = (re.compile(r"(?!)"), ())


def _credentials(text: str, lower: str) -> Iterator[FoundSecret]:
    """Passwords in addresses, in ``curl -u`` and in header lines: their place makes them one."""
    if "://" in text and "@" in text:
        for match in _ADDRESS.finditer(text):
            if _is_credential(match["password"], match["user"]):
                scheme = _SCHEME.search(text, max(0, match.start() - 21), match.start())
                start = scheme.start() if scheme else match.start()
                yield _found((start, match.end()), "password in an address")
    if "curl" in text:
        for match in _USER_OPTION.finditer(text):
            if _opens(match["user"], match["password"]):
                yield _found((match.start("user"), match.end()), "password of a command")
    if not any(_ASSIGNS.match(lower, end) for end in _ends_of(_HEADER_WORDS, lower)):
        return
    for match in _HEADER.finditer(lower):
        if _is_header_value(text[slice(*match.span("value"))], scheme=match["scheme"] or ""):
            yield _found(match.span("value"), "credential of a request")


def _ends_of(words: Iterable[str], text: str) -> Iterator[int]:
    for word in words:
        at = text.find(word)
        while at >= 0:
            yield at + len(word)
            at = text.find(word, at + 1)


def _opens(user: str, password: str) -> bool:
    """Whether a user and a password are real; some services take a key as the user, alone."""
    if password:
        return _is_credential(password, user)
    return looks_like_password(user) or looks_random(user)


def _is_credential(password: str, user: str) -> bool:
    return len(password) >= 3 and not (
        is_placeholder(password, least=1.6)
        or (is_placeholder(user or "some one", least=1.0) and user.lower() not in _REAL_USERS)
        or "$" in password
        or "%" in password[:1]
    )


_REAL_USERS = frozenset({"admin", "root", "user", "username", "guest", "test", "token", "demo"})
"""Placeholders elsewhere, but names that real accounts have."""


def _is_header_value(value: str, *, scheme: str) -> bool:
    if scheme.startswith("basic"):
        user, colon, password = decoded(value).partition(":")
        return bool(colon) and _opens(user, password)
    if UUID.fullmatch(value):
        return True
    return any(map(str.isdigit, value)) and not is_placeholder(value, least=2.8 if scheme else 3.0)


def _by_name(text: str) -> Iterator[FoundSecret]:
    """Values that a provider's name, or a name that says secret, stands in front of."""
    for match in _HALVES.finditer(text):
        span = match.start() - _HALF, match.end()
        provider = provider_form(name_before(text, span[0]), text[slice(*span)])
        if provider:
            yield _found(span, f"{provider} key")
    looked = 0
    for match in _VALUE.finditer(text):
        value = match.group().rstrip(".")
        if not _DIGIT.search(value) or text.startswith(("..", "…"), match.start() + len(value)):
            continue
        looked += 1
        if looked > MOST:
            return
        name = name_before(text, match.start())
        span = match.start(), match.start() + len(value)
        if not (name and name[-1] in NOT_SECRET) and looks_like_marked_key(value):
            yield _found(span, "a random value with a mark in front, as keys have", sure=False)
            continue
        if not name or _is_web_token(value):
            continue
        provider = provider_form(name, value)
        if not provider and text.startswith("=", span[1]):
            longer = _LONGER.match(text, match.start())
            provider = provider_form(name, longer.group()) if longer else ""
            if longer and (provider or looks_random(longer.group())):
                span, value = longer.span(), longer.group()
        if provider and not is_placeholder(value, least=2.6) and not is_identifier(value):
            yield _found(span, f"{provider} key")
        elif says_secret(name) and (looks_random(value) or UUID.fullmatch(value)):
            yield _found(span, "a random value whose name says that it is secret", sure=False)


def _is_web_token(value: str) -> bool:
    """Whether the form of the value has been looked at before, as that of a JSON web token."""
    return value.startswith("ey") and value.count(".") == 2


def _passwords(text: str, lower: str) -> Iterator[FoundSecret]:
    if not any(word in lower for word in ("passw", "passphrase", "passcode", "pwd")):
        return
    for match in _PASSWORD.finditer(lower):
        value = text[slice(*match.span("value"))].rstrip(".")
        if looks_like_password(value):
            span = match.start("value"), match.start("value") + len(value)
            yield _found(span, "password", sure=False)


def _manifest(text: str) -> Iterator[FoundSecret]:
    """What a Kubernetes manifest of kind Secret holds, coded but not concealed."""
    for head in _MANIFEST.finditer(text) if "kind:" in text else ():
        for match in _MANIFEST_VALUE.finditer(text, max(0, head.start() - 1000), head.end() + 2000):
            if decoded(match["value"]) and not is_placeholder(match["value"]):
                yield _found(match.span("value"), "value of a Kubernetes secret")
    for match in _SERVICE_ACCOUNT.finditer(text) if "service_account" in text else ():
        yield _found(match.span(), "Google service account file", sure=False)
