"""Canonical JSON and the digests that identify everything.

Method: RFC 8785 (JSON Canonicalization Scheme): keys sorted by UTF-16 code units, no white space,
ECMAScript number form, minimal string escapes.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring  # escapes what RFC 8785 escapes, as it does
from pathlib import Path
from typing import Any

JSON = Any
"""A value that JSON can hold: None, bool, int, float, str, sequence or string-keyed mapping."""

_LARGEST_SAFE_INTEGER = 2**53 - 1
_LARGEST_DOUBLE = 2**1023
_OBJECTS = (dict, Mapping)  # asking an abstract class takes longer: the usual one comes first


def canonical_json(value: JSON) -> bytes:
    """The one byte form of a JSON value (RFC 8785).

    Raises:
        ValueError: For NaN, infinities, integers that a double cannot hold exactly, lone
            surrogates, and types that JSON does not have.
    """
    try:
        return _text(value).encode("utf-8")
    except UnicodeEncodeError as problem:
        raise ValueError("a string holds half of a surrogate pair") from problem


def digest(value: JSON) -> str:
    """``sha256:<64 hex>`` of the canonical JSON of ``value``."""
    return digest_bytes(canonical_json(value))


def digest_bytes(data: bytes) -> str:
    """``sha256:<64 hex>`` of the bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """``sha256:<64 hex>`` of a file's bytes, read in pieces."""
    with path.open("rb") as stream:
        return "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()


def _text(value: JSON) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, _OBJECTS):
        return _object(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return f"[{','.join([_text(item) for item in value])}]"
    raise ValueError(f"JSON has no {type(value).__name__}")


def _object(value: Mapping[Any, JSON]) -> str:
    try:
        # In ASCII, code points are in the order of UTF-16 code units.
        plain = "".join(value).isascii()
    except TypeError:
        raise ValueError("JSON object keys are strings") from None
    keys = sorted(value) if plain else sorted(value, key=lambda key: key.encode("utf-16-be"))
    return f"{{{','.join([f'{encode_basestring(key)}:{_text(value[key])}' for key in keys])}}}"


def _number(value: int | float) -> str:
    if isinstance(value, int):
        if abs(value) <= _LARGEST_SAFE_INTEGER:
            return str(int(value))
        text = _ecmascript_float(float(value)) if abs(value) < _LARGEST_DOUBLE else ""
        if text != str(value) and (not text or int(float(value)) != value):
            raise ValueError(f"a JSON number cannot hold {value} exactly: write it as a string")
        return text
    if not math.isfinite(value):
        raise ValueError(f"JSON has no {value}")
    if value == 0:
        return "0"
    return _ecmascript_float(value)


def _ecmascript_float(value: float) -> str:
    """Shortest digits that read back as ``value``, laid out as ECMAScript Number::toString does."""
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}e0".partition("e")
    exponent_value = int(exponent.split("e")[0])
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + ("" if fraction == "0" else fraction)).lstrip("0")
    stripped = digits.rstrip("0")
    leading = len(whole.lstrip("0")) if whole.strip("0") else -_leading_zeros(fraction)
    point = leading + exponent_value
    count = len(stripped)
    if count <= point <= 21:
        return sign + stripped + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{stripped[:point]}.{stripped[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{stripped}"
    power = f"{'+' if point > 0 else '-'}{abs(point - 1)}"
    tail = f".{stripped[1:]}" if count > 1 else ""
    return f"{sign}{stripped[0]}{tail}e{power}"


def _leading_zeros(fraction: str) -> int:
    return len(fraction) - len(fraction.lstrip("0"))
