"""Canonical bytes decide every identity, so they are pinned to RFC 8785's own examples."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.core.canonical import canonical_json, digest

NUMBERS = {
    # RFC 8785, appendix B, and the edges of ECMAScript's number layout.
    0.0: "0",
    5e-324: "5e-324",
    1.7976931348623157e308: "1.7976931348623157e+308",
    333333333.3333333: "333333333.3333333",
    1e21: "1e+21",
    1e20: "100000000000000000000",
    1e-6: "0.000001",
    1e-7: "1e-7",
    1e23: "1e+23",
    -4.5: "-4.5",
    2e-3: "0.002",
}


@pytest.mark.parametrize(("number", "text"), NUMBERS.items(), ids=NUMBERS.values())
def test_numbers_are_laid_out_as_ecmascript_does(number, text):
    assert canonical_json(number).decode() == text


def test_keys_sort_by_utf16_and_strings_escape_the_least():
    # RFC 8785, section 3.2.3: the emoji sorts before U+FB33 by UTF-16 code units.
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\xf6"]
    data = canonical_json(dict.fromkeys(keys, 1))
    assert list(json.loads(data)) == ["\r", "1", "\x80", "\xf6", "\u20ac", "\U0001f600", "\ufb33"]
    assert canonical_json(-0.0) == b"0"
    assert canonical_json("\x0f\n</é\u2028") == '"\\u000f\\n</é\u2028"'.encode()


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(json_values)
def test_canonical_bytes_read_back_and_are_stable(value):
    data = canonical_json(value)
    assert json.loads(data, parse_int=_number) == value
    assert canonical_json(json.loads(data)) == data


def _number(text):
    # Beyond 2**53 JSON numbers are doubles, written with their shortest digits.
    return int(text) if abs(int(text)) < 2**53 else float(text)


REFUSED = {
    "NaN": math.nan,
    "infinity": math.inf,
    "an integer that no double holds": 2**53 + 1,
    "an integer beyond all doubles": 10**400,
    "half a surrogate pair": "\ud800",
    "bytes": b"x",
    "a number as key": {1: 2},
}


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        digest(value)
