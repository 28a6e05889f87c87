"""The header of a table: what separates its columns, and which of them holds the texts."""

import csv
import re
from collections.abc import Mapping, Sequence
from typing import TextIO

from promptops.core.suggest import did_you_mean

TEXT_COLUMNS = ("prompt", "text", "content", "template", "body", "instruction")
_SEPARATORS: Mapping[str, str] = {";": "semicolons", "\t": "tabs", "|": "bars"}
_TOLD = re.compile(r"\ufeff?sep=([,;\t|])\r?\n?", re.IGNORECASE)
_NO_TEXTS = {"id", ""}
"""Names of columns that hold no texts; a table that numbers its rows leaves the name empty."""


def separator_of(stream: TextIO, usual: str, wanted: str | None = None) -> str:
    """What separates the columns of a table, by the names in its header.

    That is what gives the column that is asked for, else the usual separator, unless the header is
    a single name with it: then the one that cuts the header into most names. A first line such as
    ``sep=;``, which spreadsheets write and read, decides instead.

    Args:
        stream: The table at its beginning; it is left at its header.
        usual: What the file's name promises: a comma or a tab.
        wanted: The column that is asked for, if any.
    """
    told = _TOLD.fullmatch(stream.readline())
    if told:
        return told[1]
    stream.seek(0)
    header = next((line for line in stream if line.strip()), "")
    stream.seek(0)
    names = {mark: _names(header, mark) for mark in dict.fromkeys((usual, ",", *_SEPARATORS))}
    if wanted is not None:
        for mark, found in names.items():
            if wanted in found:
                return mark
    if len(names[usual]) > 1:
        return usual
    # A sentence has a space behind its commas and semicolons, a list of names has none.
    clear = {mark: found for mark, found in names.items() if _is_clear(found)}
    return max(clear, key=lambda mark: len(clear[mark]), default=usual)


def text_column(columns: Sequence[str], wanted: str | None) -> int | str:
    """The place of the column with the texts, or why there is none, in a sentence.

    Where none is asked for: the only column, else the only one with a usual name
    (`TEXT_COLUMNS`), else the only one beside ``id``.
    """
    known = f"columns: {', '.join(columns) or 'none'}"
    cut = [name for mark, name in _SEPARATORS.items() if len(columns) == 1 and mark in columns[0]]
    if cut:
        known = f'the header is one column, "{columns[0]}": is it separated by {cut[0]}?'
    if wanted is not None:
        count = list(columns).count(wanted)
        if count == 1:
            return list(columns).index(wanted)
        if count:
            return f'{count} columns are called "{wanted}" ({known})'
        hint = "" if cut else did_you_mean(wanted, columns)
        return f'no column "{wanted}" ({f"{hint}; " if hint else ""}{known})'
    usual = [place for place, name in enumerate(columns) if name.lower() in TEXT_COLUMNS]
    others = [place for place, name in enumerate(columns) if name.lower() not in _NO_TEXTS]
    for found in (range(len(columns)), usual, others):
        if len(found) == 1 and not cut:
            return found[0]
    return f"name the column with the prompt: --column NAME ({known})"


def _names(header: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([header], delimiter=mark, strict=True), [])
    except csv.Error:  # a quote that ends elsewhere: this is not what separates
        return []


def _is_clear(names: Sequence[str]) -> bool:
    return all(names[1:]) and all(name == name.strip() for name in names)
