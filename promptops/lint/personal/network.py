"""Addresses of networks and devices, and of crypto-currency wallets, with their check sums."""

import hashlib
import ipaddress
import re
from collections.abc import Iterator

from promptops.lint.phrases import lazy

_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_V4 = lazy(rf"(?<![\w.-])(?:{_BYTE}\.){{3}}{_BYTE}(?![\w-]|\.[0-9]|/(?:[0-9]|[12][0-9])\b)")
_V6 = lazy(
    r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){2,7}(?:[0-9a-fA-F]{1,4}"
    r"|:)(?::?[0-9a-fA-F]{1,4}){0,6}(?![\w:]|\.[0-9])"
    r"|(?<![\w:.])[0-9a-fA-F]{1,4}::(?:[0-9a-fA-F]{1,4}:){0,5}[0-9a-fA-F]{1,4}(?![\w:]|\.[0-9])"
)
_VERSION = lazy(
    r"(?:\bv|version|release|build|firmware|driver|chrome/|safari/|edg/|section|clause"
    r"|chapter)[^\n]{0,12}$"
)
_INSIDE_SIX = lazy(r"(?<![\w:.])(?:::(?:ffff:(?:0{1,4}:)?)?|64:ff9b::)$")
"""In front of an IPv4 address that is written as one of IPv6 (RFC 4291, RFC 6052)."""
_NAMESPACE = lazy(r"\b(?:[A-Z][A-Za-z]{1,30}\.){1,6}[A-Z][A-Za-z]{1,30} $")
_WELL_KNOWN = frozenset(
    {
        "8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "208.67.222.222", "208.67.220.220",
        "1.2.3.4", "4.3.2.1", "1.2.3.5", "5.6.7.8", "169.254.169.254",
            "12.34.56.78", "123.123.123.123",
        "123.45.67.89", "11.22.33.44", "2.2.2.2", "3.3.3.3", "4.4.4.4",
    }
)  # fmt: skip
"""Resolvers that everybody uses, the address of cloud metadata, and what authors make up."""

_MAC = lazy(
    r"(?<![\w:.-])[0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\1){4}[0-9a-fA-F]{2}(?![\w:-])"
    r"|(?<![\w.])[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}(?![\w.])"
)
_BITCOIN = lazy(r"(?<![A-Za-z0-9])[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])")
_SEGWIT = lazy(r"(?<![A-Za-z0-9])(?:bc1|ltc1|tb1)[02-9ac-hj-np-z]{20,87}(?![A-Za-z0-9])")
_ETHEREUM = lazy(r"(?<![A-Za-z0-9])0x[0-9a-fA-F]{40}(?![A-Za-z0-9])")
_OTHER_COIN = lazy(
    r"(?<![A-Za-z0-9])(?:[LMD][1-9A-HJ-NP-Za-km-z]{26,33}|T[1-9A-HJ-NP-Za-km-z]{33}"
    r"|[48][1-9A-HJ-NP-Za-km-z]{94}|r[1-9A-HJ-NP-Za-km-z]{24,34})(?![A-Za-z0-9])"
)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def public_addresses(text: str, lower: str) -> Iterator[tuple[int, int]]:
    """Start and end of each address that can be a person's: public, and no one's example."""
    for pattern in (_V4, _V6):
        for match in pattern.finditer(text):
            shown = match.group()
            if shown in _WELL_KNOWN or _VERSION.search(
                lower, max(0, match.start() - 24), match.start()
            ):
                continue
            if _NAMESPACE.search(text, max(0, match.start() - 80), match.start()) or not any(
                map(str.isdigit, shown)
            ):
                continue  # a package and its version; names of a program
            try:
                address = ipaddress.ip_address(shown)
            except ValueError:
                continue
            if address.is_global and not address.is_multicast and len(set(shown)) > 3:
                start, end = match.span()
                six = _INSIDE_SIX.search(lower, max(0, start - 20), start)
                yield (six.start() if six else start), end


def hardware_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each MAC address, without broadcast, null and counted-up ones."""
    for match in _MAC.finditer(text):
        digits = re.sub(r"[^0-9a-f]", "", match.group().lower())
        if len(set(digits)) > 3 and digits not in _MADE_UP:
            yield match.span()


_MADE_UP = frozenset(
    {"001122334455", "aabbccddeeff", "0123456789ab", "112233445566", "00112233aabb", "123456789abc"}
)


def wallet_addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and coin of each wallet address; check sums hold wherever the coin has one."""
    for match in _BITCOIN.finditer(text):
        if is_base58check(match.group()):
            yield *match.span(), "Bitcoin"
    for match in _SEGWIT.finditer(text):
        if is_segwit(match.group()):
            yield *match.span(), "Bitcoin"
    for match in _ETHEREUM.finditer(text):
        if len(set(match.group()[2:].lower())) > 6 and "1234567" not in match.group():
            yield *match.span(), "Ethereum"
    for match in _OTHER_COIN.finditer(text):
        value = match.group()
        if value[0] in "48" and len(set(value)) > 20 and any(map(str.isupper, value)):
            yield *match.span(), "Monero"
        elif is_base58check(value, _RIPPLE if value[0] == "r" else _BASE58):
            yield *match.span(), "crypto-currency"


def is_base58check(text: str, alphabet: str = _BASE58) -> bool:
    """Whether the last four bytes are those of the doubled SHA-256 of the rest."""
    number = 0
    for char in text:
        place = alphabet.find(char)
        if place < 0:
            return False
        number = number * 58 + place
    data = number.to_bytes(25, "big") if number < 1 << 200 else b""
    return (
        bool(data) and hashlib.sha256(hashlib.sha256(data[:21]).digest()).digest()[:4] == data[21:]
    )


def is_segwit(text: str) -> bool:
    """Whether a bech32 or bech32m check sum holds (BIP 173, BIP 350)."""
    prefix, _, data = text.rpartition("1")
    values = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    values += [_BECH32.index(char) for char in data]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(
            (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
        ):
            check ^= generator if top >> bit & 1 else 0
    return check in (1, 0x2BC830A3)
