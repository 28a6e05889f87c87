"""What a model id tells: the family, the generation and the size."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from promptops.models.files import family_names

# A number of one or two digits that is not a size ("7b", "135m", "8x7b") or a part of a date.
_VERSION = re.compile(r"(?<![0-9])(0|[1-9][0-9]?)(?:[.-](0|[1-9][0-9]?)(?![0-9bmx]))?(?![0-9bmx])")
# "7b", "135m", "8x7b"; "e4b" and "r7b" name a size too, "a3b" only the active part of one.
_SIZE = re.compile(r"(?:^|[-_:./])[er]?(?:([0-9]+)x)?([0-9]+(?:\.[0-9]+)?)([bm])(?![a-z0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelName:
    """A model as a prompt names it.

    ``name`` is its id without the provider, in lower case; "" when only the family is known.
    ``version`` is (generation, minor), empty when the id tells none. ``size_b`` is the number of
    parameters in billions, None when the id does not tell it. ``given`` is the id as somebody wrote
    it, "" for a family; names that differ in nothing else are the same.
    """

    family: str
    name: str = ""
    version: tuple[int, ...] = ()
    size_b: float | None = None
    given: str = field(default="", compare=False)

    @property
    def shown(self) -> str:
        """What messages call it."""
        return self.name or self.family

    @property
    def title(self) -> str:
        """What reports call it: as it was given, with its provider."""
        return self.given or self.shown


def read_model_name(model_id: str, families: Mapping[str, str] | None = None) -> ModelName:
    """Take an id apart: ``anthropic/claude-opus-4-7`` is family claude, version (4, 7).

    Args:
        model_id: The id, with or without its provider.
        families: Words that tell a family, with the family; those of the library when None.

    Returns:
        The name; its family is "" when the id has none of the words.
    """
    name = model_id.lower().rpartition("/")[2]
    known = family_names() if families is None else families
    stem = _words(tuple(known)).search(name)
    version = _VERSION.search(name, stem.start(1) if stem else 0)
    return ModelName(
        family=known[stem.group(1)] if stem else "",
        name=name,
        version=tuple(int(part) for part in version.groups() if part) if version else (),
        size_b=_size(name),
        given=model_id,
    )


@lru_cache(maxsize=8)
def _words(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(rf"(?:^|[./_-])({longest_first})(?=[-._:@0-9]|$)")


def _size(name: str) -> float | None:
    found = _SIZE.search(name)
    if found is None:
        return None
    experts, number, unit = found.groups()
    return round(float(number) * int(experts or 1) / (1000 if unit == "m" else 1), 6)
