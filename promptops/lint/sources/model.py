"""What a reader of a format gets, and what it yields beside parsed prompts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from promptops.lint.parsed import Comment, ParsedPrompt
from promptops.lint.report import Skipped

Read = ParsedPrompt | Skipped

__all__ = ["Comment", "Format", "Read", "Source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file as its reader gets it.

    Attributes:
        text: The whole text without a byte order mark; None for a file that its reader streams.
        shown: The path that findings carry.
        path: Where the file lies; None for a text that came from an editor or a pipe.
        column: The column with the prompt, for tables.
    """

    text: str | None
    shown: str
    path: Path | None = None
    column: str | None = None

    @property
    def content(self) -> str:
        """The text of a file that was read whole."""
        return self.text or ""

    def skipped(
        self,
        reason: str,
        *,
        line: int | None = None,
        column: int | None = None,
        row: int | None = None,
    ) -> Skipped:
        """Something in this file that could not be checked."""
        return Skipped(path=self.shown, reason=reason, line=line, column=column, row=row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of file that prompts are read from.

    Attributes:
        name: What ``--format``-like options and the documentation call it.
        patterns: File names in lower case, with ``*``; the first format that fits is taken.
        description: One sentence.
        read: Its reader.
        in_folders: Whether such a file in a folder is a prompt without being named.
        streamed: Whether its reader opens the file itself.
        follows: Whether it takes prompts from other files, so that a file's own bytes do not say
            what it holds.
    """

    name: str
    patterns: tuple[str, ...]
    description: str
    read: Callable[[Source], Iterator[Read]]
    in_folders: bool = True
    streamed: bool = False
    follows: bool = False
