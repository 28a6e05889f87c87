"""The log of model calls: what flows learn from when they ask which model should answer what.

Parquet parts in one folder. A part is written once, whole, under a name made of its content, so a
killed writer leaves nothing half-written and a repeated one writes the same file again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptops.core.canonical import digest
from promptops.core.files import write_atomic
from promptops.errors import RunLogError

if TYPE_CHECKING:
    import pandas as pd

RUN_COLUMNS: dict[str, str] = {
    "run_id": "string",
    "at": "datetime64[us, UTC]",
    "prompt_id": "string",
    "prompt_digest": "string",
    "target": "string",
    "model": "string",
    "variant": "string",
    "input_tokens": "int64",
    "output_tokens": "int64",
    "cost_usd": "float64",
    "latency_ms": "float64",
    "quality": "float64",
    "case_id": "string",
    "error": "string",
    "topic": "string",
}
"""Column -> pandas type, in order. Absent text is missing; an unknown quality is NaN."""

_PART = "part-*.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRun:
    """One model call.

    Args:
        run_id: Unique; reading keeps one row of each.
        at: When the call ended; aware.
        prompt_id: The prompt.
        prompt_digest: Its semantic or variant digest.
        target: ``model`` or ``model#variant``.
        model: Model id.
        variant: The prompt's variant, None for its main wording.
        input_tokens: Tokens sent.
        output_tokens: Tokens received.
        cost_usd: What the call cost, in US dollars.
        latency_ms: From request to whole answer, in milliseconds.
        quality: Score of the answer, 0 to 1; None when nobody scored it.
        case_id: The golden case, when the call came from an evaluation.
        error: Why the call failed; None when it did not.
        topic: What the call was about, for routing.
    """

    run_id: str
    at: datetime
    prompt_id: str
    prompt_digest: str
    target: str
    model: str
    variant: str | None = None
    input_tokens: int
    output_tokens: int
    cost_usd: float
    latency_ms: float
    quality: float | None = None
    case_id: str | None = None
    error: str | None = None
    topic: str | None = None


class RunLog:
    """The logged runs of one folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made on first write."""
        self._folder = folder

    def append(self, rows: Iterable[LoggedRun]) -> Path | None:
        """Add rows as one new part.

        Returns:
            The file, or None for no rows. Equal rows give the same file again.

        Raises:
            StorageError: The disk refuses; nothing is half-written.
        """
        records = [asdict(row) for row in rows]
        if not records:
            return None
        name = digest([{**record, "at": record["at"].isoformat()} for record in records])
        day = min(record["at"] for record in records).astimezone(UTC).strftime("%Y%m%d")
        path = self._folder / f"part-{day}-{name[7:23]}.parquet"
        target = BytesIO()
        _frame(records).to_parquet(target, index=False)
        write_atomic(path, target.getvalue())
        return path

    def parts(self) -> tuple[Path, ...]:
        """The files, in order of their names (by day)."""
        return tuple(sorted(self._folder.glob(_PART)))

    def read(self) -> "pd.DataFrame":
        """Every run, one row each, in order of time.

        Returns:
            A frame with the columns of `RUN_COLUMNS`; empty when nothing was logged.

        Raises:
            RunLogError: A part cannot be read or lacks a column.
        """
        import pandas as pd

        frames = [_read_part(path) for path in self.parts()]
        if not frames:
            return _frame([])
        # Rows are equal when their ids are: a flow that was killed logs its calls again.
        return (
            pd.concat(frames, ignore_index=True)
            .drop_duplicates("run_id", keep="first")
            .sort_values(["at", "run_id"], ignore_index=True)
        )

    def records(self) -> list[LoggedRun]:
        """Every run as a value, in order of time.

        Raises:
            RunLogError: See `read`.
        """
        frame = self.read()
        columns = {name: frame[name].tolist() for name in RUN_COLUMNS}
        missing = {name: frame[name].isna().tolist() for name in RUN_COLUMNS}
        rows: list[dict[str, Any]] = [
            {
                name: None if missing[name][row] else _plain(columns[name][row])
                for name in RUN_COLUMNS
            }
            for row in range(len(frame))
        ]
        return [LoggedRun(**row) for row in rows]


def _plain(value: Any) -> Any:
    return value.to_pydatetime() if hasattr(value, "to_pydatetime") else value


def _frame(records: Sequence[dict[str, Any]]) -> "pd.DataFrame":
    import pandas as pd

    columns = {name: [record[name] for record in records] for name in RUN_COLUMNS}
    return pd.DataFrame(
        {name: pd.Series(columns[name], dtype=kind) for name, kind in RUN_COLUMNS.items()}
    )


def _read_part(path: Path) -> "pd.DataFrame":
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as problem:  # pyarrow's errors are kinds of these two
        raise RunLogError(f"this part cannot be read: {problem}", where=str(path)) from problem
    absent = [name for name in RUN_COLUMNS if name not in frame.columns]
    if absent:
        raise RunLogError(f'column "{absent[0]}" is missing', where=str(path))
    try:
        return frame[list(RUN_COLUMNS)].astype(RUN_COLUMNS)
    except (TypeError, ValueError) as problem:
        raise RunLogError(f"a column is of another type: {problem}", where=str(path)) from problem
