"""When providers stop serving models."""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Retirement(BaseModel):
    """The day from which a provider no longer serves a model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    date: dt.date


class Retirements(BaseModel):
    """Announced retirements, with the source of the list and the day it was taken.

    ``review`` is the day by which the list must be taken again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    date: dt.date
    review: dt.date
    models: Mapping[str, dt.date] = Field(default_factory=dict)

    def find(self, model: str) -> Retirement | None:
        """The retirement of a model, by its id with or without the provider."""
        name = model.lower().rpartition("/")[2]
        date = self.models.get(name)
        return Retirement(model=name, date=date) if date else None


@lru_cache(maxsize=1)
def retirements() -> Retirements:
    """The retirements that are known."""
    path = files("promptops.models") / "retirements.yaml"
    return Retirements.model_validate(yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader))
