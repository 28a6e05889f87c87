"""A lint report in the formats that people, editors and code hosts read.

Each format is one file with one function from a report to a text. The same report gives the same
bytes: no times, no machine names, and everything in the one order of findings.
"""

import re
from collections.abc import Callable
from importlib import import_module

from promptops.lint.report import LintReport

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def _format(module: str) -> Callable[[LintReport], str]:
    """A format's function, whose module is imported when a report is written in it."""

    def write(report: LintReport) -> str:
        text: str = import_module(f"{__name__}.{module}").write(report)
        # No file and no terminal takes half of a surrogate pair, which stands for a byte that is
        # no UTF-8, and which a quoted line may hold.
        return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)

    return write


REPORTERS: dict[str, Callable[[LintReport], str]] = {
    "text": _format("text"),
    "concise": _format("concise"),
    "json": _format("json_document"),
    "github": _format("github"),
    "sarif": _format("sarif"),
    "junit": _format("junit"),
    "markdown": _format("markdown"),
}
"""The formats by the name that ``--format`` takes; the first is the default."""

__all__ = ["REPORTERS"]
