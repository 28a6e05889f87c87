"""Whether a value is a real secret: neither a placeholder, nor a word, nor a counter."""

import base64
import binascii
import re
from itertools import pairwise

from promptops.lint.validators import entropy

_PLACEHOLDER = re.compile(
    r"example|sample|dummy|placeholder|your|change.?me|redact|replace|insert|foobar|fixme|x{4}"
    r"|\.{3}|0{7}|1234567|abcdef(?!\d)|<|>|\*{3}|\$[{(]|\$[A-Za-z_]|\{\{|\}\}|%s|lorem|hunter2$"
    r"|^(?:my|the|some|test|fake)[_-]|[_-](?:here|token|key|secret|password)$"
    r"|^(?:token|key|secret|passw(?:or)?d|pass|user|test|abcd?)[_-]?[0-9]{0,4}!?$",
    re.IGNORECASE,
)
_STAND_INS = frozenset(
    {
        "password", "passwd", "passphrase", "pass", "pwd", "secret", "token", "apikey", "api_key",
        "api-key", "key", "user", "username", "admin", "root", "guest", "test", "testing", "demo",
        "none", "null", "true", "false", "string", "required", "optional", "value", "undefined",
        "foo", "bar", "baz", "qux", "abc", "abc123", "password1", "password123", "secret123",
        "pass123", "test123", "admin123", "user123", "mypassword", "mysecret", "changeme",
        "letmein", "qwerty", "qwerty123", "hidden", "env", "credentials", "p@ssw0rd", "pw",
    }
)  # fmt: skip
_MEMBER = re.compile(r"(?:self|this|cls|ctx|app|args|config|settings|process|os)\.[A-Za-z_]")
"""What programs write where a value is held by an object."""
_COUNTER = re.compile(r"0?12345678?9?0?")
_WORD = re.compile(r"[A-Z]?[a-z]{4,60}|[A-Z]{5,60}")
_LONG_WORD = re.compile(r"[A-Z]?[a-z]{5,60}|[A-Z][a-z]{4}")
_SWITCH = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])|(?<=[a-z])(?=[A-Z])")
_DIGIT_SWITCH = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_MARKED = re.compile(
    r"(?P<mark>(?:[a-z]{2,16}|[A-Z]{2,10})[0-9]{0,2}(?:[_.-][A-Za-z0-9]{1,12}){0,3})[_.:-]"
    r"(?P<rest>[A-Za-z0-9_-]{20,600})={0,2}"
)
_SAYS_KEY = re.compile(
    r"(?:^|[_.-])(?:sk|rk|pat|apikey|api|secret|token|auth|access|live|prod)(?:$|[_.-])",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"(?:acct|asst|batch|call|ch|chatcmpl|cs|cus|evt|file|fc|ft|ftjob|gen|img|in|item|msg|pi|pm|price"
    r"|prod|req|resp|rs|run|seti|si|step|sub|thread|toolu|tooluse|txn|user|vs)[_-]"
)
"""What providers mark the names of objects with, which are no keys: calls, messages, payments."""
_RUN = re.compile(r"[A-Za-z0-9]{20,600}")
_HEX = re.compile(r"[0-9a-f]{1,600}|[0-9A-F]{1,600}")
_UNHEARD = re.compile(
    r"(?=bz|c[xz]|dz|f[hjnvxz]|g[jkqx]|h[jkqxz]|j[bdfghjklmnqrtvxz]|k[jxz]|l[qxz]|m[kqxz]|p[jqz]"
    r"|q[bcdefghijkmnopqrstvwxyz]|s[xz]|tq|u[jqw]|v[fjkqtwxz]|w[gjqvxz]|x[bgjknqrvz]|y[qv]"
    r"|z[bcfgjkpqrtvwx])",
    re.IGNORECASE,
)
"""Two letters that hardly ever follow each other: at most 3 times in the 29,000 words of public
prompts and of Python's modules. Of 24 random letters and digits, three in five hold two such."""
UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def is_placeholder(value: str, *, least: float = 2.5) -> bool:
    """Whether a value only shows where a secret would stand.

    Args:
        value: The text in the place of the secret.
        least: The Shannon entropy, in bits per character, that a real one has at least.
    """
    return (
        value.lower() in _STAND_INS
        or bool(_PLACEHOLDER.search(value))
        or entropy(value) < least
        or _counts(value)
    )


def is_key_around_a_counter(value: str) -> bool:
    """Whether a long key is random but for one run of digits such as ``1234567890``.

    The run alone would make it a placeholder; what stands around it can only be a real key.
    """
    rest = _COUNTER.sub("", value, count=1)
    return 32 <= len(rest) < len(value) and looks_random(rest)


def looks_random(value: str) -> bool:
    """Whether letters and digits of a value are mixed as no name, word or version mixes them."""
    if len(value) < 16 or not any(map(str.isdigit, value)) or not any(map(str.isalpha, value)):
        return False
    if _MEMBER.match(value):
        return False
    if _HEX.fullmatch(value):
        return not is_placeholder(value, least=2.9)
    wordy = sum(len(word) for word in _WORD.findall(value))
    mixed = len(_SWITCH.findall(value)) >= max(3, len(value) // 10)
    # Where letters have one case, chance makes runs of letters as long as words.
    cut = len(_DIGIT_SWITCH.findall(value)) >= len(value) / 4 or is_unheard(value)
    return mixed and (cut or wordy <= 0.4 * len(value)) and not is_placeholder(value, least=3.3)


def is_unheard(value: str) -> bool:
    """Whether letters of a value follow each other twice as they do in hardly any word."""
    return len(_UNHEARD.findall(value)) > 1


def looks_like_marked_key(value: str) -> bool:
    """Whether a value is a mark and a long random run: ``acme_live_`` and twenty characters.

    Providers make their keys so for scanners to see them. A hexadecimal run counts only behind a
    mark that says key, as in ``acme_sk_``: names of files, images and commits end in one, too, and
    anchors of documentation in one behind two more characters.
    """
    marked = _MARKED.fullmatch(value)
    if marked is None or _OBJECT.match(value) or is_placeholder(value, least=3.6):
        return False
    hexadecimal = bool(_SAYS_KEY.search(marked["mark"]))
    return _looks_random_throughout(marked["rest"]) or any(
        (hexadecimal or not _HEX.fullmatch(run[2:]))
        and looks_random(run)
        and len(_SWITCH.findall(run)) >= len(run) / 5
        for run in _RUN.findall(marked["rest"])
    )


def _looks_random_throughout(rest: str) -> bool:
    """Whether a run is random as that of URL-safe base64 is, where "-" and "_" are two of 64."""
    plain = rest.replace("-", "").replace("_", "")
    kinds = (str.islower, str.isupper, str.isdigit)
    return (
        len(plain) >= 20
        and len(rest) - len(plain) <= len(rest) / 6
        and all(any(map(kind, plain)) for kind in kinds)
        and len(_SWITCH.findall(plain)) >= len(plain) / 4
        and looks_random(plain)
    )


def looks_like_password(value: str) -> bool:
    """Whether a short value that is called a password can be one: three kinds of characters."""
    kinds = sum(
        any(test(char) for char in value)
        for test in (str.islower, str.isupper, str.isdigit, lambda char: not char.isalnum())
    )
    enough = kinds >= 3 or (kinds == 2 and any(map(str.isdigit, value)) and mixed_digits(value))
    return len(value) >= 6 and enough and not is_placeholder(value, least=2.2)


def mixed_digits(value: str) -> bool:
    """Whether digits stand between letters, not only behind them as in ``item12``."""
    return len(_SWITCH.findall(value)) >= 3


def is_identifier(value: str) -> bool:
    """Whether a value is made of words, as names in programs are, with hardly a digit."""
    wordy = sum(len(word) for word in _LONG_WORD.findall(value))
    few = sum(map(str.isdigit, value)) < 0.1 * len(value)
    return few and wordy > 0.5 * len(value) and not is_unheard(value)


def decoded(value: str) -> str:
    """The text behind base64, URL-safe or not; "" when there is none."""
    padded = value.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def is_made_up_token(value: str) -> bool:
    """Whether a JSON web token is the well-known specimen or carries no signature worth a name."""
    parts = value.split(".")
    return "john doe" in decoded(parts[1]).lower() or is_placeholder(parts[-1])


def _counts(value: str) -> bool:
    """Whether a third of the characters repeat or follow the one before: ``abcd1234``, ``aaaa``."""
    pairs = [ord(b) - ord(a) for a, b in pairwise(value)]
    share = 0.36 if len(pairs) >= 32 else 0.45 if len(pairs) >= 12 else 0.6
    return len(pairs) > 6 and sum(step in (0, 1) for step in pairs) > share * len(pairs)
