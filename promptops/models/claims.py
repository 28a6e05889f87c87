"""Claims: what is known of the models of a family, each with its scope, its source and its date."""

import datetime as dt
from fnmatch import fnmatchcase
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from promptops.core.suggest import did_you_mean
from promptops.models.names import ModelName
from promptops.models.topics import TOPICS

Certainty = Literal["certain", "possible", "no"]
Kind = Literal["hard", "soft"]
_Said = Annotated[str, Field(min_length=1)]
_Version = Annotated[str, Field(pattern=r"^([0-9]+(\.[0-9]+)?)?$")]


class Claim(BaseModel):
    """One claim about the models of a family.

    Attributes:
        id: Its name, unique.
        family: The family it is about.
        topic: What it is about, one of ``topics.TOPICS``.
        value: A word or number of the topic's vocabulary.
        models: Globs of model names; empty: every model of the family.
        besides: Globs of model names that it is not about.
        since: First version it holds for, such as "4.6"; "" for all.
        before: First version it no longer holds for; "" for none.
        up_to_b: It holds for models of at most so many billion parameters; None: of any size.
        kind: ``hard`` when the API or the chat template refuses or ignores another form, ``soft``
            when quality suffers: never to be presented as a must.
        text: The claim in a sentence.
        source: Who says so.
        url: Where it can be read: an address, or a file below ``docs``.
        date: When it was looked up.
        review: The day by which it must be looked at again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    family: _Said
    topic: str
    value: str
    models: tuple[_Said, ...] = ()
    besides: tuple[_Said, ...] = ()
    since: _Version = ""
    before: _Version = ""
    up_to_b: Annotated[float, Field(gt=0)] | None = None
    kind: Kind
    text: Annotated[str, Field(pattern=r"\S\.$")]
    source: _Said
    url: Annotated[str, Field(pattern=r"^(https://\S+|docs/\S+)$")]
    date: dt.date
    review: dt.date

    @model_validator(mode="after")
    def _in_the_vocabulary(self) -> Self:
        topic = TOPICS.get(self.topic)
        if topic is None:
            hint = did_you_mean(self.topic, TOPICS) or f"known: {', '.join(TOPICS)}"
            raise ValueError(f'no topic is called "{self.topic}" ({hint})')
        if not topic.takes(self.value):
            raise ValueError(f'"{self.value}" is no value of {self.topic}: {topic.expected}')
        if self.review <= self.date:
            raise ValueError("the review is not after the date")
        return self

    @property
    def specificity(self) -> int:
        """How many ways the claim is narrowed in: by name, by version, by size."""
        return (
            bool(self.models or self.besides)
            + bool(self.since or self.before)
            + (self.up_to_b is not None)
        )

    @property
    def many(self) -> bool:
        """Whether several claims of its topic may hold for a model at once."""
        return TOPICS[self.topic].many

    def about(self, model: ModelName) -> Certainty:
        """Whether it holds for a model; ``possible`` when the model is not known well enough."""
        if model.family != self.family:
            return "no"
        found = (self._by_name(model), self._by_version(model), self._by_size(model))
        return "no" if "no" in found else "possible" if "possible" in found else "certain"

    def _by_name(self, model: ModelName) -> Certainty:
        if not (self.models or self.besides):
            return "certain"
        if not model.name:
            return "possible"
        meant = not self.models or _any(self.models, model.name)
        return "certain" if meant and not _any(self.besides, model.name) else "no"

    def _by_version(self, model: ModelName) -> Certainty:
        if not (self.since or self.before):
            return "certain"
        if not model.version:
            return "possible"
        late = not self.since or _padded(model.version) >= _padded(_parts(self.since))
        early = not self.before or _padded(model.version) < _padded(_parts(self.before))
        return "certain" if late and early else "no"

    def _by_size(self, model: ModelName) -> Certainty:
        if self.up_to_b is None:
            return "certain"
        if model.size_b is None:
            return "possible"
        return "certain" if model.size_b <= self.up_to_b else "no"


def strongest(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """Of claims that hold, those that count: the most specific one of each topic.

    Of equals the first one counts; a topic that may be claimed more than once keeps all.
    """
    best: dict[str, Claim] = {}
    for claim in claims:
        known = best.get(claim.topic)
        if known is None or claim.specificity > known.specificity:
            best[claim.topic] = claim
    return tuple(claim for claim in claims if claim.many or best[claim.topic] is claim)


def _any(globs: tuple[str, ...], name: str) -> bool:
    """Whether a glob fits a name, also one behind a provider's prefix (``anthropic.claude-…``)."""
    return any(fnmatchcase(name, glob) or fnmatchcase(name, f"*.{glob}") for glob in globs)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _padded(version: tuple[int, ...]) -> tuple[int, int]:
    return (version[0], version[1] if len(version) > 1 else 0)
