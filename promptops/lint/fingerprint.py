"""What stays the same about a finding while the file around it moves.

Line numbers change with every edit above them, and paths with every renaming; neither takes part.
A finding is known by its rule, its prompt and variant, and the words around its place.
"""

import hashlib
import re

from promptops.lint.finding import Finding

_BEFORE = 24
_AFTER = 48
_LENGTH = 16
_NUMBER = re.compile(r"\b[0-9][0-9.,]{0,30}\b")


def anchor(text: str, span: tuple[int, int], *, conceal: bool = False) -> str:
    """A digest of the words around a place.

    The words are those of the line that the place begins in: at most 24 characters before it and
    48 from its beginning. Case and white space do not count, so that indenting or rewriting other
    lines changes nothing; who edits next to a finding is asked about it again.

    Args:
        text: The text of a message.
        span: Start and end offsets in it.
        conceal: Leave the place itself out, so that the digest of a secret is not kept anywhere.
    """
    start, end = span
    first = max(text.rfind("\n", max(0, start - _BEFORE), start) + 1, start - _BEFORE)
    after = end if conceal else start
    line_end = text.find("\n", after, after + _AFTER)
    last = min(len(text) if line_end < 0 else line_end, after + _AFTER)
    place = "\0" if conceal else ""
    words = f"{text[first:start]}{place}{text[after:last]}".lower().split()
    return _short(" ".join(words))


def fingerprint(finding: Finding) -> str:
    """The finding's identity: 32 hex digits, equal from run to run and machine to machine.

    Findings about a place in a text are told apart by the words around it (`anchor`), findings
    about keys of the file by their message without its numbers, which are often measurements.
    Two findings may be equal (the same words twice in one prompt), so whoever compares runs counts.
    """
    about = finding.anchor or _NUMBER.sub("0", f"{finding.message}\n{finding.excerpt}")
    parts = (finding.code, finding.prompt_id, finding.variant or "", about)
    return _short("\0".join(parts))


def _short(text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_LENGTH).hexdigest()
