"""Findings whose fix changes several stretches of a message at once."""

from collections.abc import Iterable
from dataclasses import replace

from promptops.lint.finding import Applicability, Edit, Finding, Fix
from promptops.lint.parsed import ParsedMessage


def edit(message: ParsedMessage, span: tuple[int, int], text: str) -> Edit:
    """The edit that replaces ``message.text[start:end]``; the span is not empty."""
    start, end = span
    line, column = message.place(start)
    end_line, end_column = message.place(end - 1)
    return Edit(line=line, column=column, end_line=end_line, end_column=end_column + 1, text=text)


def with_fix(
    finding: Finding,
    message: ParsedMessage,
    title: str,
    changes: Iterable[tuple[tuple[int, int], str]],
    applicability: Applicability,
) -> Finding:
    """``finding`` with a fix of several edits, given as spans of ``message`` and their texts."""
    edits = tuple(edit(message, span, text) for span, text in changes)
    return replace(finding, fix=Fix(title=title, applicability=applicability, edits=edits))
