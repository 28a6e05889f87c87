"""How a prompt is named on a command line, in a pack and in a log."""

import re
from dataclasses import dataclass
from typing import Self

from promptops.errors import UsageError

ID_PATTERN = r"[a-z0-9]+(?:-[a-z0-9]+)*"
"""A prompt id: lower case, digits and single dashes; at most 64 characters."""

VERSION_PATTERN = (
    r"(?:0|[1-9][0-9]{0,8})\.(?:0|[1-9][0-9]{0,8})\.(?:0|[1-9][0-9]{0,8})"
    r"(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
"""A version by SemVer 2.0.0, pre-releases included, without build metadata."""

_REFERENCE = re.compile(rf"(?P<id>{ID_PATTERN})(?:@(?P<version>{VERSION_PATTERN}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRef:
    """A prompt, or one version of it: ``refund-answer`` or ``refund-answer@2.1.0``."""

    id: str
    version: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a reference.

        Raises:
            UsageError: When the text is not one.
        """
        match = _REFERENCE.fullmatch(text.strip())
        if match is None or len(match["id"]) > 64:
            raise UsageError(
                f"{text!r} is not a prompt reference",
                hint="write an id such as refund-answer, or refund-answer@2.1.0",
            )
        return cls(id=match["id"], version=match["version"])

    def __str__(self) -> str:
        """The form that `parse` reads."""
        return f"{self.id}@{self.version}" if self.version else self.id
