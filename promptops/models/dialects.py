"""Dialects: what a model family takes best, as dated claims."""

from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from promptops.core.suggest import did_you_mean
from promptops.errors import UnknownModelError


class Claim(BaseModel):
    """One claim about a family.

    Attributes:
        topic: What it is about: ``system_role``, ``delimiters``, ``few_shot``, ``json``,
            ``long_context``, ``thinking_hints``, ``emphasis``, ``politeness``, ``verbosity``.
        value: What the family takes, a word of the topic's vocabulary.
        kind: ``hard`` when another form is rejected or ignored by the API or the chat template;
            ``soft`` when it is a matter of quality, never to be presented as a must.
        text: The claim in a sentence.
        source: Who says so.
        date: When it was looked up (ISO).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: str
    value: str
    kind: Literal["hard", "soft"]
    text: str
    source: str
    date: str


class Dialect(BaseModel):
    """The claims about one model family."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    family: str
    title: str
    claims: tuple[Claim, ...]

    def value(self, topic: str, default: str = "") -> str:
        """What the family takes in a topic; ``default`` when nothing is claimed."""
        return next((claim.value for claim in self.claims if claim.topic == topic), default)


@lru_cache(maxsize=1)
def dialects() -> dict[str, Dialect]:
    """Every dialect by family."""
    folder = files("promptops.models") / "dialects"
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=str)
    read = [Dialect.model_validate(yaml.safe_load(entry.read_text("utf-8"))) for entry in found]
    return {dialect.family: dialect for dialect in read}


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
