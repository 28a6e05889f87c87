"""What an unquoted YAML word means, and which words are refused because readers disagree.

YAML 1.1 and 1.2 read ``NO``, ``014``, ``1_000``, ``12:30`` and ``2026-06-01`` differently. A prompt
file is read by people and by other tools, so a word on which they could disagree must be quoted.
"""

import math
import re

from promptops.core.canonical import JSON

_CONSTANTS: dict[str, JSON] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_SUSPECT_START = frozenset("+-.0123456789~nNtTfFyYoO=<")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_AMBIGUOUS = re.compile(
    r"""(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|=|<<)
    |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)
    |[-+]?0[bB]?[0-9_]+|0o[0-7_]+|[-+]?0[xX][0-9a-fA-F_]+
    |[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?
    |[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
    |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?""",
    re.VERBOSE,
)


class AmbiguousScalarError(ValueError):
    """An unquoted word that YAML readers read differently, or a number that JSON does not have."""


def resolve_plain(word: str) -> JSON:
    """The value of an unquoted word: null, a boolean, a number or the word itself.

    Raises:
        AmbiguousScalarError: The word must be quoted, or the number is out of range.
    """
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    if word[0] not in _SUSPECT_START:
        return word
    if _INTEGER.fullmatch(word):
        # Checked by length first: int() of a very long text is slow, and refused by Python.
        if len(word) > 300 or int(float(word)) != int(word):
            raise AmbiguousScalarError("this number has more digits than JSON keeps: quote it")
        return int(word)
    if _FLOAT.fullmatch(word):
        value = float(word)
        if not math.isfinite(value):
            raise AmbiguousScalarError("this number is too large for JSON")
        return value
    if _AMBIGUOUS.fullmatch(word):
        raise AmbiguousScalarError(f"{word} means different things to different readers: quote it")
    return word


def is_safe_plain(word: str, *, flow: bool) -> bool:
    """Whether a text can be written without quotes and read back as itself.

    Args:
        word: The text.
        flow: Whether it stands inside brackets or braces, or as a key.
    """
    if not (_PLAIN_IN_FLOW if flow else _PLAIN).fullmatch(word):
        return False
    try:
        return resolve_plain(word) is word
    except AmbiguousScalarError:
        return False


# Both start with a letter, so that versions and dates are always quoted; neither has a colon or an
# opening brace, so that nobody has to think about what they would mean.
_PLAIN_IN_FLOW = re.compile(
    r"[A-Za-z][A-Za-z0-9_/.+@()!?'-]*(?: [A-Za-z0-9_/.+()][A-Za-z0-9_/.+@()!?'-]*)*"
)
_PLAIN = re.compile("[A-Za-z](?:[\\x21-\\x39\\x3b-\\x7a\\x7c-\\x7e\\xa1-\\u1fff]| (?=[^ #]))*")
