"""The seam to experiment tracking: one protocol, whatever keeps the runs.

A tracker is a mirror for people (compare, plot, browse); the source of truth is the evidence store.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from promptops.core.canonical import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedCall:
    """One model call of a run, to be looked at.

    Args:
        name: What it was for, such as a golden case.
        inputs: What was asked, as JSON.
        output: What the model wrote.
        milliseconds: How long it took.
        input_tokens: Tokens sent.
        output_tokens: Tokens received.
        attributes: Anything else to show with it, such as its scores.
        error: What failed; None when nothing did.
    """

    name: str
    inputs: JSON
    output: str
    milliseconds: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    attributes: Mapping[str, JSON] = field(default_factory=dict)
    error: str | None = None


class TrackedRun(Protocol):
    """One open run; safe to use from several threads."""

    @property
    def id(self) -> str:
        """What identifies the run in its tracker; `Tracker.run` takes it as ``parent``."""
        ...

    @property
    def url(self) -> str:
        """Where a browser shows the run, from the root of the tracker's UI."""
        ...

    def params(self, values: Mapping[str, JSON]) -> None:
        """Record what the run was given.

        Give every run that should be compared the same keys, and versions as text ("v1.2.0"):
        a compare view shows only parameters that differ and draws numbers as an axis.

        Raises:
            ValueError: A parameter was recorded before with another value.
        """
        ...

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        """Record what came out; with ``step`` as one point of a curve.

        Names are made of letters, digits, ``_``, ``-``, ``.``, ``:``, ``/`` and spaces.

        Raises:
            ValueError: A name has another character.
        """
        ...

    def tags(self, values: Mapping[str, str]) -> None:
        """Set or replace labels."""
        ...

    def table(self, name: str, rows: Sequence[Mapping[str, JSON]]) -> None:
        """Keep rows as a table called ``name``; a key missing in a row is an empty cell.

        Calling again with the same name replaces the table.
        """
        ...

    def artifact(self, path: Path, folder: str = "") -> None:
        """Keep a copy of a file, or of a folder with all it holds, below ``folder``."""
        ...

    def text(self, name: str, text: str) -> None:
        """Keep a text as the file ``name``; a self-contained ``.html`` is shown in the UI."""
        ...

    def traces(self, calls: Sequence[TracedCall]) -> None:
        """Keep model calls as traces of the run; they are dated now, whenever they were made."""
        ...

    def dataset(self, name: str, digest: str, path: Path) -> None:
        """Record that the run used a data set of this digest, found at ``path``."""
        ...


class Tracker(Protocol):
    """Keeps runs; safe to use from several threads."""

    def run(
        self,
        name: str,
        *,
        experiment: str,
        parent: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> AbstractContextManager[TrackedRun]:
        """Open a run for the length of a ``with`` block.

        Args:
            name: How people find it, such as ``refund-answer v1.2.0 · short``.
            experiment: The group it belongs to; made when missing.
            parent: Id of the run it is nested under.
            tags: Labels.

        A block that raises leaves a run marked as failed, with the error's text as a tag.
        """
        ...

    def compare_url(self, run_ids: Sequence[str]) -> str:
        """Where a browser shows these runs side by side, from the root of the tracker's UI."""
        ...
