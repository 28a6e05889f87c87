"""Data sets as flat frames, for their contracts.

Each frame has a column ``row`` (and ``file`` where the data set has several). Facts that no
built-in expectation states, such as "this is a golden case", are computed into a column first.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptops.core.canonical import JSON, canonical_json, digest_bytes
from promptops.core.files import read_text
from promptops.errors import KnowledgeBaseError, RunLogError
from promptops.golden.loading import ExaminedRow, examine

if TYPE_CHECKING:
    import pandas as pd

YES, NO = "yes", "no"
_GOLDEN_COLUMNS = ("row", "id", "problem", "inputs_fit", "expected_type", "agrees", "evidence")
_KB_COLUMNS = ("row", "file", "bytes", "encoding", "text", "content")


def golden_frame(path: Path) -> "pd.DataFrame":
    """One row a case.

    Columns: row, id, problem (why it is no golden case), inputs_fit (no: it misses an input that
    the others have and gives one they lack, as a typing error does), expected_type, agrees (no:
    the same inputs are asked elsewhere with another answer), evidence.

    Raises:
        GoldenSetError: The file as a whole cannot be read.
    """
    import pandas as pd

    rows = examine(path)
    names = [frozenset(_inputs(row)) for row in rows]
    usual = Counter(names).most_common(1)[0][0] if names else frozenset()
    answers: dict[bytes, set[bytes]] = {}
    for row in rows:
        if row.case is not None:
            answer = canonical_json([row.case.expected, dict(row.case.answers)])
            answers.setdefault(_asked(row.case.inputs), set()).add(answer)
    flat = [
        {
            "row": row.line,
            "id": row.values.get("id") if isinstance(row.values.get("id"), str) else None,
            "problem": row.problem or None,
            "inputs_fit": NO if given - usual and usual - given else YES,
            "expected_type": _kind(row.case.expected) if row.case else None,
            "agrees": NO if row.case and len(answers[_asked(row.case.inputs)]) > 1 else YES,
            "evidence": row.case.evidence if row.case else None,
        }
        for row, given in zip(rows, names, strict=True)
    ]
    return pd.DataFrame(flat, columns=list(_GOLDEN_COLUMNS))


def runs_frame(path: Path) -> "pd.DataFrame":
    """One row a logged run as it stands in its part.

    Further columns: file, row (in the part), target_fits, and part_run: runs that two parts both
    hold are no fault, a flow that was killed logs its calls again.

    Raises:
        RunLogError: A part cannot be read.
    """
    import pandas as pd

    frames = [pd.DataFrame({"row": [], "file": []})]
    for part in sorted(path.glob("*.parquet")) if path.is_dir() else [path]:
        try:
            frame = pd.read_parquet(part)
        except (OSError, ValueError) as problem:
            raise RunLogError(f"{part.name} cannot be read: {problem}", where=str(path)) from None
        frame["row"] = range(1, len(frame) + 1)
        frame["file"] = part.name
        frames.append(frame)
    joined = pd.concat(frames[1:], ignore_index=True) if frames[1:] else frames[0]
    if "run_id" in joined.columns:
        joined["part_run"] = joined["file"] + "/" + joined["run_id"].astype("string")
    if {"target", "model", "variant"} <= set(joined.columns):
        models, variants = joined["model"].astype("string"), joined["variant"].astype("string")
        named = models.where(variants.isna(), models + "#" + variants.fillna(""))
        fits = (joined["target"].astype("string") == named).fillna(False)
        joined["target_fits"] = fits.map({True: YES, False: NO})
    return joined


def kb_frame(folder: Path) -> "pd.DataFrame":
    """One row a document: row, file, bytes, encoding, text (white space folded), content (digest).

    Raises:
        KnowledgeBaseError: ``kb.yaml`` is missing or gives no name and label.
    """
    import pandas as pd
    import yaml

    try:
        settings = yaml.safe_load(read_text(folder / "kb.yaml", KnowledgeBaseError))
    except (KnowledgeBaseError, yaml.YAMLError):
        settings = None
    if not isinstance(settings, Mapping) or not {"name", "label"} <= settings.keys():
        raise KnowledgeBaseError("kb.yaml must give a name and a label", where=str(folder))
    rows = []
    for number, path in enumerate(_documents(folder), start=1):
        data = path.read_bytes()
        text = " ".join(data.decode("utf-8", errors="replace").split())
        rows.append(
            {
                "row": number,
                "file": path.relative_to(folder).as_posix(),
                "bytes": len(data),
                "encoding": "utf-8" if _is_utf8(data) else "other",
                "text": text or None,
                "content": digest_bytes(text.encode()) if text else None,
            }
        )
    return pd.DataFrame(rows, columns=list(_KB_COLUMNS))


def _documents(folder: Path) -> list[Path]:
    """The files that `promptops.knowledge.kb` reads: no hidden ones, no links that lead nowhere."""
    found = [
        path
        for path in folder.rglob("*.md")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _inputs(row: ExaminedRow) -> Mapping[str, JSON]:
    inputs = row.values.get("inputs")
    return inputs if isinstance(inputs, Mapping) else {}


def _asked(inputs: Mapping[str, Any]) -> bytes:
    return canonical_json(dict(inputs))


def _kind(value: JSON) -> str | None:
    """JSON's name of a type; None for null, which only says to abstain."""
    if value is None or isinstance(value, str):
        return None if value is None else "text"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "number"
    return "object" if isinstance(value, Mapping) else "list"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
