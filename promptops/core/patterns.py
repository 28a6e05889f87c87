"""The one door to RE2: regular expressions whose time is linear in the text.

Patterns that come from a workspace, a pack or a golden set run here and nowhere else: none can hang
us. RE2 has no look-around and no back references; a pattern that uses them is refused.
"""

import re
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")

HINT = "patterns are RE2: no look-around, no back references"


class PatternError(ValueError):
    """Not a pattern that RE2 reads; the text says why."""


def compile_pattern(
    pattern: str,
    *,
    ignore_case: bool = False,
    multi_line: bool = False,
    dot_all: bool = False,
) -> Any:
    """A compiled pattern with ``search``, ``fullmatch`` and ``finditer``.

    Args:
        pattern: RE2 syntax.
        ignore_case: Whether case does not count.
        multi_line: Whether ``^`` and ``$`` also match at line ends.
        dot_all: Whether ``.`` also matches a line end.

    Raises:
        PatternError: RE2 cannot read it.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignore_case
    options.dot_nl = dot_all
    try:
        return re2.compile(f"(?m){pattern}" if multi_line else pattern, options)
    except re2.error as problem:
        (reason, *_) = problem.args
        text = reason.decode() if isinstance(reason, bytes) else str(reason)
        raise PatternError(text) from problem


def escape(text: str) -> str:
    """The pattern that matches exactly ``text``."""
    import re2

    escaped: str = re2.escape(text)
    return escaped


def readable(text: str) -> str:
    """The text as RE2 can take it, of the same length: a lone surrogate has no bytes."""
    return text if text.isascii() else _SURROGATE.sub("?", text)
