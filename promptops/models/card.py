"""A model card: what is known of one model."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Price(_Part):
    """USD for a million tokens, as listed; 0 for a model on one's own machine."""

    input: Annotated[float, Field(ge=0)] = 0.0
    output: Annotated[float, Field(ge=0)] = 0.0


class ModelCard(_Part):
    """One model. What is None is unknown, and an unknown satisfies no hard constraint.

    Attributes:
        id: The id that LiteLLM takes.
        family: The family whose dialect fits (``gpt``, ``claude``, …).
        version: The generation within the family.
        provider: Who serves it.
        context: Context window in tokens.
        max_output: Longest answer in tokens.
        price: Listed price.
        capabilities: Such as ``tools``, ``schema``, ``vision``, ``reasoning``, ``prompt-cache``.
        region: Where it is served.
        jurisdiction: Whose law its serving is under; ``local`` for one's own machine.
        retention_days: Days for which the provider keeps requests.
        trains_on_data: Whether the provider trains on requests.
        knowledge_date: Month up to which it was trained.
        source: Where the facts are from.
        retrieved: When they were looked up (ISO date).
    """

    id: str
    family: str
    version: str = ""
    provider: str
    context: int | None = None
    max_output: int | None = None
    price: Price = Price()
    capabilities: frozenset[str] = frozenset()
    region: str | None = None
    jurisdiction: str | None = None
    retention_days: int | None = None
    trains_on_data: bool | None = None
    knowledge_date: str | None = None
    source: str = ""
    retrieved: str = ""
