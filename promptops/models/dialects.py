"""Dialects: what the models of a family take and take best, as dated claims."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from promptops.core.files import read_text
from promptops.core.suggest import did_you_mean
from promptops.errors import SettingsError, UnknownModelError
from promptops.models.claims import Certainty, Claim, strongest
from promptops.models.dialect_reading import read_dialect_file
from promptops.models.files import dialect_files
from promptops.models.names import ModelName


class Dialect(BaseModel):
    """The claims about one model family, or about one model of it.

    Attributes:
        family: The family.
        title: What people call it.
        version: The mark of the last change of its claims.
        names: Words by which model ids tell the family.
        claims: The claims, in the order of the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    family: str
    title: str
    version: str = ""
    names: tuple[str, ...] = ()
    claims: tuple[Claim, ...]

    def __hash__(self) -> int:
        """Of what tells dialects apart as a rule: the claims are many, and looked up often."""
        return hash((self.family, self.version))

    def for_model(self, model: ModelName) -> "Dialect":
        """The dialect of one model: of each topic, the most specific claim that surely holds.

        A topic that may be claimed more than once, such as ``habit``, keeps all of its claims.
        A name that has only a family gets what holds for every model of it.
        """
        sure = tuple(claim for claim in self.claims if claim.about(model) == "certain")
        return self.model_copy(update={"claims": strongest(sure)})

    def claim(self, topic: str) -> Claim | None:
        """The claim of a topic, the first one if there are several; None when there is none."""
        return next((claim for claim in self.claims if claim.topic == topic), None)

    def value(self, topic: str, default: str = "") -> str:
        """What is taken in a topic; ``default`` when nothing is claimed."""
        found = self.claim(topic)
        return found.value if found else default


@lru_cache(maxsize=1)
def dialects() -> dict[str, Dialect]:
    """Every dialect that comes with the library, by family."""
    found = (_dialect(text, name) for name, text in dialect_files().items())
    return {dialect.family: dialect for dialect in found}


def load_dialects(folder: Path | None) -> dict[str, Dialect]:
    """The dialects of the library, with those of a folder over them, by family.

    A file for a family that the library knows adds to it: its claims come first, so that one of
    them wins over an equally specific claim of the library; one with the same id replaces it.

    Args:
        folder: Where a workspace keeps its ``*.yaml`` files; None: it has none.

    Raises:
        SettingsError: A file cannot be read, or two of them are about one family.
    """
    known = dict(dialects())
    origin: dict[str, Path] = {}
    for path in sorted(folder.glob("*.yaml")) if folder else ():
        own = _dialect(read_text(path, SettingsError), str(path))
        if own.family in origin:
            told = f'the family "{own.family}" is described in {origin[own.family].name}, too'
            raise SettingsError(told, where=str(path))
        origin[own.family] = path
        known[own.family] = _over(known.get(own.family), own)
    return dict(sorted(known.items()))


def find_dialect(family: str) -> Dialect:
    """The dialect of a family.

    Raises:
        UnknownModelError: There is none.
    """
    known = dialects()
    if family not in known:
        raise UnknownModelError(
            f'no dialect is known for the family "{family}"',
            hint=did_you_mean(family, known) or f"known: {', '.join(known)}",
        )
    return known[family]


def family_words(known: Mapping[str, Dialect]) -> dict[str, str]:
    """The words by which model ids tell the families of some dialects, with the family."""
    return {word: dialect.family for dialect in known.values() for word in dialect.names}


@lru_cache(maxsize=4096)
def claims_about(
    dialect: Dialect, model: ModelName, topic: str
) -> tuple[tuple[Claim, Certainty], ...]:
    """The claims of a topic that hold, or may hold, for a model of a dialect's family.

    First what surely holds (the most specific claim; all of them where a topic may have several),
    then what may hold: more specific claims that the model is not known well enough for.
    """
    claims = [claim for claim in dialect.claims if claim.topic == topic]
    sure = strongest(tuple(claim for claim in claims if claim.about(model) == "certain"))
    floor = max((claim.specificity for claim in sure if not claim.many), default=-1)
    open_ = [c for c in claims if c.about(model) == "possible" and c.specificity > floor]
    open_.sort(key=lambda claim: -claim.specificity)
    return (*((claim, "certain") for claim in sure), *((claim, "possible") for claim in open_))


def _dialect(text: str, where: str) -> Dialect:
    file, claims = read_dialect_file(text, where)
    return Dialect(
        family=file.family,
        title=file.title,
        version=file.version,
        names=file.names,
        claims=claims,
    )


def _over(base: Dialect | None, own: Dialect) -> Dialect:
    if base is None:
        return own
    replaced = {claim.id for claim in own.claims}
    return own.model_copy(
        update={
            "version": f"{base.version}+{own.version}",
            "names": tuple(dict.fromkeys((*base.names, *own.names))),
            "claims": (*own.claims, *(c for c in base.claims if c.id not in replaced)),
        }
    )


__all__ = [
    "Claim",
    "Dialect",
    "claims_about",
    "dialects",
    "family_words",
    "find_dialect",
    "load_dialects",
]
