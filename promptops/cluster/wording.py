"""A text reduced to what is compared: normal form, masked placeholders, words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_STATEMENT = re.compile(r"\{%[^%]{0,400}%\}|\{#[^#]{0,400}#\}")
_PLACEHOLDER = re.compile(
    r"\$?\{\{?\s{0,4}[A-Za-z_][^{}\n]{0,160}\}\}?"
    r"|<[A-Za-z_][\w -]{0,40}>|\[[A-Z][A-Z0-9 _/-]{1,60}\]"
)
_NAME = re.compile(r"[A-Za-z_]\w*")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|_var_")
MASK = "_var_"
"""The word that stands for a placeholder."""

_LEAST_LINE = 12
_LEAST_KEPT = 0.3


def normalized(text: str) -> str:
    """The form in which equal wordings are equal: NFKC, case folded, words only, single spaces."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def masked(text: str) -> str:
    """The text with every placeholder replaced by one mark: the skeleton that copies share.

    Statements and comments of a template language say nothing to a model: they are left out.
    """
    return _PLACEHOLDER.sub(f" {MASK} ", _STATEMENT.sub(" ", text))


def placeholders(text: str) -> list[str]:
    """The names in the placeholders of a text, in order: filters and indexes left out."""
    found = _PLACEHOLDER.findall(_STATEMENT.sub(" ", text))
    return [name[0] for each in found if (name := _NAME.search(each))]


def tokens(text: str) -> list[str]:
    """The words of a text in normal form, placeholders as one word."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def without_boilerplate(texts: Sequence[str], *, least: int = 5, share: float = 0.02) -> list[str]:
    """The texts without the lines that many of them carry.

    Headers and footers of a collection make unlike texts look alike, to word counts and to
    embeddings. A line counts when at least ``max(least, share * n)`` different texts have it; a
    text that would lose more than 70% of its characters keeps them.

    Args:
        texts: One text an item.
        least: Texts that must share a line, whatever the size of the collection.
        share: Part of the texts that must share it.
    """
    lines = [text.split("\n") for text in texts]
    keys = [[" ".join(line.split()).casefold() for line in found] for found in lines]
    distinct = {tuple(found) for found in keys}
    count = Counter(key for found in distinct for key in set(found) if len(key) >= _LEAST_LINE)
    bar = max(least, share * len(distinct))
    common = {key for key, number in count.items() if number >= bar}
    if not common:
        return list(texts)
    kept = []
    for text, found, names in zip(texts, lines, keys, strict=True):
        rest = "\n".join(
            line for line, key in zip(found, names, strict=True) if key not in common
        ).strip()
        kept.append(rest if len(rest) >= _LEAST_KEPT * len(text.strip()) and rest else text)
    return kept
