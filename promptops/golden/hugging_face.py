"""The one door to Hugging Face's ``datasets``: tables in and out.

Not used for JSON Lines: Arrow gives every row the same struct, which turns an answer that is absent
(not labeled) into null (must abstain), and refuses a column of mixed types. Its own fingerprint
follows the file's time, so it never serves as a digest here.
"""

import csv
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promptops.core.canonical import JSON
from promptops.core.counting import counted
from promptops.errors import GoldenSetError

_SEPARATORS = {".csv": ",", ".tsv": "\t"}


def read_table(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The rows of a table, each with its number.

    Args:
        path: ``.csv`` or ``.tsv`` (every cell is text; the header is row 1, as spreadsheets
            count), ``.parquet``, or a folder that ``save_to_disk`` wrote (rows from 1).

    Raises:
        GoldenSetError: The table cannot be read.
    """
    start = 2 if path.suffix in _SEPARATORS else 1
    try:
        rows = _read(path)
    except GoldenSetError:
        raise
    except Exception as problem:
        cause = problem.__cause__ or problem
        raise GoldenSetError(f"this table cannot be read: {cause}", where=str(path)) from problem
    return list(enumerate(rows, start=start))


def table_bytes(rows: Sequence[Mapping[str, JSON]], suffix: str) -> bytes:
    """Rows, all with the same columns, as the bytes of a ``.csv``, ``.tsv`` or ``.parquet``."""
    datasets = _library()
    table = datasets.Dataset.from_list([dict(row) for row in rows])
    target = BytesIO()
    if suffix in _SEPARATORS:
        table.to_csv(target, sep=_SEPARATORS[suffix], index=False)
    else:
        table.to_parquet(target)
    return target.getvalue()


def _read(path: Path) -> list[dict[str, Any]]:
    datasets = _library()
    # The library keeps an Arrow copy of what it reads; ours goes away with the call.
    with TemporaryDirectory() as cache:
        options: dict[str, Any] = {"cache_dir": cache, "keep_in_memory": True}
        if path.suffix in _SEPARATORS:
            header, rows = _looked_through(path)
            if not rows:
                return []  # the library calls a table without rows a mistake
            table = datasets.Dataset.from_csv(
                str(path), **options, **_text_cells(path, header, datasets)
            )
        elif path.is_dir():
            table = datasets.load_from_disk(str(path), keep_in_memory=True)
            if isinstance(table, datasets.DatasetDict):
                raise GoldenSetError(
                    f"this folder holds several splits ({', '.join(table)})",
                    where=str(path),
                    hint="name the folder of one split",
                )
        else:
            table = datasets.Dataset.from_parquet(str(path), **options)
        return list(table.to_list())


def _looked_through(path: Path) -> tuple[list[str], int]:
    """The header of a CSV or TSV and the number of its rows.

    Mistakes are found here: the library tells of them in its own words, on stderr.

    Raises:
        GoldenSetError: No header, a column twice, another separator, or a row with
            more or fewer cells than the header.
    """
    separator = _SEPARATORS[path.suffix]
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=separator)
        header = next(reader, [])
        _check_header(path, header, separator)
        count = 0
        for cells in reader:
            if not cells:
                continue
            count += 1
            if len(cells) != len(header):
                raise GoldenSetError(
                    f"this row has {counted(len(cells), 'cell')}, the header has {len(header)}",
                    where=f"{path}:{count + 1}",
                    hint="put cells that hold a separator or a line break in double quotes; "
                    "an empty cell needs its separator, too",
                )
    return header, count


def _check_header(path: Path, header: Sequence[str], separator: str) -> None:
    where = f"{path}:1"
    if not header:
        raise GoldenSetError("the table is empty", where=where)
    if twice := [name for name, count in Counter(header).items() if count > 1]:
        raise GoldenSetError(f'column "{twice[0]}" appears twice', where=where)
    names = {",": "commas", "\t": "tabs", ";": "semicolons"}
    for other in names.keys() - {separator}:
        if len(header) == 1 and other in header[0]:
            raise GoldenSetError(
                f"the columns are separated by {names[other]}, not by {names[separator]}",
                where=where,
                hint=f"save it with {names[separator]}: a {path.suffix} file has them",
            )


def _text_cells(path: Path, header: Sequence[str], datasets: Any) -> dict[str, Any]:
    """Options that keep every cell as its text: "007" and "NA" stay what they are."""
    return {
        "features": datasets.Features({name: datasets.Value("string") for name in header}),
        "sep": _SEPARATORS[path.suffix],
        "keep_default_na": False,
        "encoding": "utf-8-sig",
    }


def _library() -> Any:
    import datasets

    datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False
    datasets.disable_progress_bars()
    return datasets
