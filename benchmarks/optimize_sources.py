"""Questions over documents with the sections that answer them, or do not; for `optimize_tasks`."""

import functools
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from promptops.core.canonical import JSON

DATA = Path(os.environ.get("PROMPTOPS_DATA", "../shared/data")).absolute()

Row = tuple[str, Mapping[str, str], JSON]
"""Id, inputs, expected value."""


def drawn(*parts: object) -> str:
    """A number drawn for these parts, as text: what is sorted by it is in random order."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def lifecycles() -> Iterator[Row]:
    """At most two questions of each product of endoflife.date."""
    version, taken = "2026-01-01", Counter[str]()
    for row in _questions("eol/golden_all.jsonl"):
        answer = row["answers"].get(version)
        if taken[row["doc"]] == 2 or not isinstance(answer, str):
            continue
        sections = _sections(DATA / f"rag/eol/kb/{version}" / row["doc"])
        found = _context(row["id"], sections, f"{row['section']}\n")
        if found is not None:
            taken[row["doc"]] += 1
            context, answered = found
            inputs = {"context": context, "question": row["question"]}
            yield f"{row['doc']}/{row['id']}", inputs, answer if answered else "not stated"


def settings() -> Iterator[Row]:
    """Questions about Prefect's settings, a document for each group of settings."""
    version, taken = "3.6.0", Counter[str]()
    file = DATA / f"rag/prefect-docs/kb/{version}/api-ref/settings-ref.mdx"
    sections = [text for text in _sections(file) if "**TOML dotted key path**" in text]
    for row in _questions("prefect-docs/golden_settings.jsonl"):
        answer, group = row["answers"].get(version), row["section"].partition(".")[0]
        if taken[group] == 4 or not isinstance(answer, str):
            continue
        found = _context(row["id"], sections, f"**TOML dotted key path**: `{row['section']}`")
        if found is not None:
            taken[group] += 1
            context, answered = found
            inputs = {"context": context, "question": row["question"]}
            yield f"{group}/{row['id']}", inputs, answer if answered else "not stated"


def _questions(name: str) -> list[dict[str, Any]]:
    lines = (DATA / "rag" / name).read_text(encoding="utf-8").splitlines()
    return sorted(map(json.loads, lines), key=lambda row: drawn("question", row["id"]))


@functools.cache
def _sections(file: Path) -> tuple[str, ...]:
    if not file.exists():
        return ()
    parts = re.split(r"^#{2,3} ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return tuple(text.strip()[:600] for text in parts)


def _context(key: str, sections: Iterable[str], mark: str) -> tuple[str, bool] | None:
    """Two sections, one of which answers the question four times in five; and whether it does.

    Args:
        key: Decides which other section is shown, and in what order.
        sections: The document's.
        mark: What the one section holds that answers the question.
    """
    right = [text for text in sections if mark in text]
    wrong = sorted((text for text in sections if text not in right), key=lambda t: drawn(key, t))
    if len(right) != 1 or len(wrong) < 2:
        return None
    answered = int(drawn("answered", key), 16) % 5 > 0
    shown = [*right, wrong[0]] if answered else wrong[:2]
    return "\n\n".join(sorted(shown, key=lambda text: drawn(key, "order", text))), answered
