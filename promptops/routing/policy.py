"""The routing policy: targets, hard constraints, objectives.

One YAML file a policy, ``prompt_registry/policies/<name>.yaml``::

    apiVersion: promptops/v1
    kind: RoutingPolicy
    metadata: {name: support-default, version: 1, owner: cx-platform}
    applies_to: {prompts: ["support/*"], tags_any: []}
    targets:                                  # declared order = order while nothing is measured
      - {model: embedded/smollm2-135m}        # the base wording
      - {model: embedded/smollm2-135m, variant: few-shot}
    constraints:                              # hard: unknown attribute = not satisfied
      - id: eu-pii
        when: {data_class_in: [confidential], contains_pii: true}
        require: {jurisdiction_in: [EU, local], retention_days_max: 0, trains_on_data: false}
    objectives:
      slider: 0.35                            # 0 = cheapest acceptable ... 1 = best quality
      quality: {floor: 0.5, confidence: 0.9}  # the lower bound must clear the floor
      cost: {unit: tokens_per_request}        # or usd_per_request
      latency: {p95_ms_target: 4000, weight: 0.1}
      provider_preference: {embedded: 0.02}   # in quality points
    estimates: {half_life_days: 14, min_runs: 20, prior_mass: {topic: 5, prompt: 8}}
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from promptops.core.canonical import digest

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
CostUnit = Literal["usd_per_request", "tokens_per_request"]
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    """Common settings: a misspelt key is an error, a loaded policy never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Metadata(_Part):
    """Who owns the policy, and which edition it is."""

    name: Slug
    version: int = Field(ge=1)
    owner: str = ""


class AppliesTo(_Part):
    """The prompts a policy speaks for.

    Attributes:
        prompts: Globs over ``area/id`` (``support/*``, ``*/refund-answer``) or a bare prompt id.
        tags_any: When given, the prompt must carry at least one of them.
    """

    prompts: tuple[str, ...] = ("*",)
    tags_any: tuple[str, ...] = ()


class TargetSpec(_Part):
    """A model and the variant of the prompt it is given; no variant means the base wording."""

    model: str = Field(min_length=1)
    variant: Slug | None = None

    @property
    def name(self) -> str:
        """``model`` or ``model#variant``: the name used in run logs and evidence."""
        return f"{self.model}#{self.variant}" if self.variant else self.model


class When(_Part):
    """Which requests a constraint is about; every given field must hold, none means always."""

    data_class_in: tuple[str, ...] = ()
    contains_pii: bool | None = None
    residency_any: tuple[str, ...] = ()
    tags_any: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()


class Require(_Part):
    """What a target must satisfy.

    Attributes of the model card (jurisdiction, retention ...) fail closed: what the card does not
    say is not satisfied. Measured limits (cost, latency, error rate) are read from the estimates;
    ``on_missing`` is the one place where a miss may pass, and it has to be written down.
    """

    jurisdiction_in: tuple[str, ...] = ()
    region_in: tuple[str, ...] = ()
    provider_in: tuple[str, ...] = ()
    provider_not_in: tuple[str, ...] = ()
    family_in: tuple[str, ...] = ()
    capabilities_all: tuple[str, ...] = ()
    context_min: int | None = Field(default=None, ge=1)
    retention_days_max: int | None = Field(default=None, ge=0)
    trains_on_data: bool | None = None
    expected_cost_usd_max: float | None = Field(default=None, ge=0)
    latency_p95_ms_max: float | None = Field(default=None, gt=0)
    error_rate_max: Share | None = None
    min_samples: int = Field(default=20, ge=1)
    on_missing: Literal["reject", "allow"] = "reject"

    @model_validator(mode="after")
    def _requires_something(self) -> "Require":
        if not self.model_fields_set - {"min_samples", "on_missing"}:
            raise ValueError("a constraint must require something")
        return self


class Constraint(_Part):
    """A hard rule: a target that breaks it is never tried, not even as a fallback."""

    id: Slug
    when: When = When()
    require: Require


class Quality(_Part):
    """The quality objective.

    Attributes:
        floor: Smallest acceptable quality, 0 to 1; the *lower bound* must clear it.
        confidence: One-sided confidence of that lower bound.
    """

    floor: Share = 0.0
    confidence: float = Field(default=0.9, gt=0.5, lt=1)


class Cost(_Part):
    """The cost objective: dollars, or tokens where models run on the user's own machine."""

    unit: CostUnit = "usd_per_request"


class Latency(_Part):
    """Quality points lost for each time the 95th percentile exceeds the target by its own size."""

    p95_ms_target: float = Field(default=10_000.0, gt=0)
    weight: float = Field(default=0.0, ge=0)


class Objectives(_Part):
    """What to aim for among the targets that satisfy every constraint.

    Attributes:
        slider: 0 = the cheapest target above the floor, 1 = the best quality whatever it costs;
            0.5 buys an upgrade that yields at least the average quality per cost of the measured
            frontier.
        provider_preference: Quality points added for a provider.
    """

    slider: Share = 0.5
    quality: Quality = Quality()
    cost: Cost = Cost()
    latency: Latency = Latency()
    provider_preference: dict[str, float] = {}


class PriorMass(_Part):
    """How many runs of the level above a level's own estimate is mixed with."""

    topic: float = Field(default=5.0, ge=0)
    prompt: float = Field(default=8.0, ge=0)


class EstimateOptions(_Part):
    """How logged runs become estimates.

    Attributes:
        half_life_days: Age at which a logged run counts half.
        min_runs: Effective runs of a target below which its quality is "not enough runs".
    """

    half_life_days: float = Field(default=14.0, gt=0)
    min_runs: int = Field(default=20, ge=1)
    prior_mass: PriorMass = PriorMass()


class Policy(_Part):
    """A routing policy as written in its file."""

    apiVersion: Literal["promptops/v1"]  # noqa: N815 - the key as users write it
    kind: Literal["RoutingPolicy"]
    metadata: Metadata
    applies_to: AppliesTo = AppliesTo()
    targets: tuple[TargetSpec, ...] = Field(min_length=1)
    constraints: tuple[Constraint, ...] = ()
    objectives: Objectives = Objectives()
    estimates: EstimateOptions = EstimateOptions()

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Policy":
        for what, names in (
            ("target", [target.name for target in self.targets]),
            ("constraint id", [constraint.id for constraint in self.constraints]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{what} given twice: {', '.join(twice)}")
        return self

    @property
    def name(self) -> str:
        """``name@version``, as decisions and reports cite it."""
        return f"{self.metadata.name}@{self.metadata.version}"

    @property
    def digest(self) -> str:
        """Content digest of the whole policy: two equal digests route alike."""
        return digest(self.model_dump(mode="json"))
