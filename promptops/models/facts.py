"""Facts about single models: what rules hold against a declared target, each dated.

A dialect says what a family takes best; a fact says what certain models of it refuse, ignore or do
badly with. Facts age faster than code, so each names its source, the day it was looked up and the
day after which it is no longer to be relied on.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

Certainty = Literal["certain", "possible", "no"]

_FAMILIES = {
    "claude": "claude", "gpt": "gpt", "chatgpt": "gpt", "o1": "gpt", "o3": "gpt", "o4": "gpt",
    "gemini": "gemini", "gemma": "gemma", "qwen": "qwen", "qwq": "qwen", "llama": "llama",
    "mistral": "mistral", "mixtral": "mistral", "ministral": "mistral", "magistral": "mistral",
    "deepseek": "deepseek", "command": "command", "smollm": "smollm",
}  # fmt: skip
_STEM = re.compile(rf"(?:^|[./_-])({'|'.join(sorted(_FAMILIES, key=len, reverse=True))})")
_VERSION = re.compile(r"(?<![0-9])([0-9]{1,2})(?:[.-]([0-9]{1,2}))?(?![0-9b])")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelName:
    """A model as a prompt names it.

    ``name`` is its id without the provider, in lower case; "" when only the family is known.
    ``version`` is (generation, minor), empty when the id tells none.
    """

    family: str
    name: str = ""
    version: tuple[int, ...] = ()

    @property
    def shown(self) -> str:
        """What messages call it."""
        return self.name or self.family


def read_model_name(model: str) -> ModelName:
    """Take an id apart: ``anthropic/claude-opus-4-7`` is family claude, version (4, 7).

    The family is "" when the id tells none that is known.
    """
    name = model.lower().rpartition("/")[2]
    stem = _STEM.search(name)
    if stem is None:
        return ModelName(family="", name=name)
    rest = name[stem.start(1) :]
    found = _VERSION.search(rest)
    version = tuple(int(part) for part in found.groups() if part) if found else ()
    return ModelName(family=_FAMILIES[stem.group(1)], name=name, version=version)


class Fact(BaseModel):
    """One fact.

    Attributes:
        id: Its name, unique.
        family: The family it is about.
        topic: What it is about, such as ``prefill``, ``sampling``, ``stop_sequences``.
        value: A word or number that the topic's rule understands.
        models: Globs of model names; empty: every model of the family.
        besides: Globs of model names that it is not about.
        since: First version it holds for, such as "4.6"; "" for all.
        before: First version it no longer holds for; "" for none.
        kind: ``hard`` when the API refuses or ignores it, ``soft`` when quality suffers.
        text: The fact in a sentence.
        source: Who says so.
        date: When it was looked up.
        expires: The last day on which it is relied on without a new look.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    family: str
    topic: str
    value: str
    models: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    since: str = ""
    before: str = ""
    kind: Literal["hard", "soft"]
    text: str
    source: str
    date: dt.date
    expires: dt.date

    def about(self, model: ModelName) -> Certainty:
        """Whether it holds for a model; ``possible`` when only the family is known."""
        if model.family != self.family:
            return "no"
        if not (self.models or self.since or self.before):
            return "certain"
        if not model.name:
            return "possible"
        if self.models and not _any(self.models, model.name):
            return "no"
        if _any(self.besides, model.name):
            return "no"
        if not (self.since or self.before):
            return "certain"
        if not model.version:
            return "possible"
        late = not self.since or _padded(model.version) >= _padded(_parts(self.since))
        early = not self.before or _padded(model.version) < _padded(_parts(self.before))
        return "certain" if late and early else "no"


class Retirement(BaseModel):
    """The day from which a provider no longer serves a model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    date: dt.date


class Retirements(BaseModel):
    """Announced retirements, with the source of the list and the day it was taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    retrieved: dt.date
    expires: dt.date
    models: Mapping[str, dt.date] = Field(default_factory=dict)

    def find(self, model: str) -> Retirement | None:
        """The retirement of a model, by its id with or without the provider."""
        name = model.lower().rpartition("/")[2]
        date = self.models.get(name)
        return Retirement(model=name, date=date) if date else None


@lru_cache(maxsize=1)
def facts() -> tuple[Fact, ...]:
    """Every fact, in the order of its id."""
    folder = files("promptops.models") / "facts"
    found = []
    for entry in folder.iterdir():
        if entry.name.endswith(".yaml") and entry.name != "retirements.yaml":
            tree = yaml.safe_load(entry.read_text("utf-8"))
            found += [
                Fact.model_validate({"family": tree["family"], **item}) for item in tree["facts"]
            ]
    return tuple(sorted(found, key=lambda fact: fact.id))


@lru_cache(maxsize=1)
def retirements() -> Retirements:
    """The retirements that are known."""
    path = files("promptops.models") / "facts" / "retirements.yaml"
    return Retirements.model_validate(yaml.safe_load(path.read_text("utf-8")))


def facts_about(model: ModelName, topic: str) -> tuple[tuple[Fact, Certainty], ...]:
    """The facts of a topic that hold, or may hold, for a model."""
    found = ((fact, fact.about(model)) for fact in facts() if fact.topic == topic)
    return tuple((fact, certainty) for fact, certainty in found if certainty != "no")


def _any(globs: tuple[str, ...], name: str) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _padded(version: tuple[int, ...]) -> tuple[int, int]:
    return (version[0], version[1] if len(version) > 1 else 0)
