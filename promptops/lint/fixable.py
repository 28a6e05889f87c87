"""Which fixes can be made at all where a finding stands; the others are only shown."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePath

from promptops.lint.finding import Finding
from promptops.lint.parsed import ParsedPrompt

_CLOSED = frozenset({".py", ".pyi", ".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".ipynb"})
_OPENERS = ("{{", "{%", "{#")


def as_fixable(prompt: ParsedPrompt, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, where a fix that would be refused in this place is no promise but a hint.

    Cells of tables and source code are never rewritten, front matter and template tags are not,
    and some YAML is not either: what is told as fixable must be.
    """
    if prompt.row is not None or PurePath(prompt.path).suffix.lower() in _CLOSED:
        yield from map(_shown, findings)
        return
    if prompt.prompt is not None or not _is_uneven(prompt):
        yield from findings  # our own files, and texts that can be edited from end to end
        return
    from promptops.lint.edited_file import open_file
    from promptops.lint.scalar_edits import NotEditableError

    try:
        file = open_file(prompt.source, prompt.path)
    except NotEditableError:
        yield from map(_shown, findings)
        return
    for finding in findings:
        try:
            if finding.fix is not None and finding.fix.applicability != "display":
                file.patches(finding)
        except NotEditableError:
            yield _shown(finding)
        else:
            yield finding


def _is_uneven(prompt: ParsedPrompt) -> bool:
    """Whether parts of the file cannot be edited: bare texts without tags can be everywhere."""
    text = prompt.source
    return (
        not prompt.is_bare or text.startswith("---") or any(opener in text for opener in _OPENERS)
    )


def _shown(finding: Finding) -> Finding:
    if finding.fix is None:
        return finding
    return replace(finding, fix=replace(finding.fix, applicability="display"))
