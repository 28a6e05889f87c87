"""The schema of a prompt file (``promptops/v1``): where its bytes become typed values.

Unknown keys are refused, except ``x-*`` at the top level, which land in ``Prompt.extra``. Rules
that need positions in the file or the template language are in ``loader``.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    model_validator,
)

from promptops.core.canonical import JSON
from promptops.core.suggest import did_you_mean
from promptops.errors import UnknownPromptError
from promptops.prompts.fields import (
    Count,
    Date,
    Digest,
    Flag,
    JsonMap,
    JsonValue,
    KBVersion,
    License,
    Line,
    Name,
    Number,
    SemVer,
    Slug,
    Tag,
    ToolName,
    TypeName,
    check_parameters,
    check_schema,
    dataset_path,
    known_intent,
    mismatch,
)


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Owner(_Record):
    """Who answers for the prompt."""

    team: Line
    contact: Line | None = None


class DataPolicy(_Record):
    """What data passes through the prompt and where it may go."""

    classification: Literal["public", "internal", "confidential", "restricted"] = "internal"
    contains_pii: Flag = False
    residency: tuple[Slug, ...] = ()


class Items(_Record):
    """The elements of an array variable."""

    type: TypeName = "string"
    enum: tuple[JsonValue, ...] = ()
    max_length: Count | None = None

    def mismatch(self, value: JSON) -> str:
        """Why ``value`` does not fit, or an empty string."""
        return mismatch(self.type, self.enum, self.max_length, value)


class Variable(_Record):
    """One value that the caller gives.

    ``required`` is true unless a default is given or it is set to false; an optional variable
    without a default renders as nothing. ``max_length`` counts characters, ``max_items`` elements.
    ``trust`` says whether the value's author may be an attacker.
    """

    type: TypeName = "string"
    required: Flag = True
    default: JsonValue = None
    enum: tuple[JsonValue, ...] = ()
    max_length: Count | None = None
    items: Items | None = None
    max_items: Count | None = None
    trust: Literal["trusted", "untrusted"] = "trusted"
    description: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _infer_required(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and "required" not in data:
            return {**data, "required": data.get("default") is None}
        return data

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.required and self.default is not None:
            raise ValueError("a required variable has no default: remove one of the two")
        if self.type != "array" and (self.items is not None or self.max_items is not None):
            raise ValueError("items and max_items are for arrays")
        if self.max_length is not None and self.type != "string":
            raise ValueError("max_length is for strings; an array has max_items")
        for member in self.enum:
            reason = mismatch(self.type, (), None, member)
            if reason:
                raise ValueError(f"enum member {member!r} {reason}")
        if self.default is not None and (reason := self.mismatch(self.default)):
            raise ValueError(f"default {reason}")
        return self

    def mismatch(self, value: JSON) -> str:
        """Why ``value`` does not fit this variable ("is …"), or an empty string."""
        reason = mismatch(self.type, self.enum, self.max_length, value)
        if reason or self.type != "array":
            return reason
        if self.max_items is not None and len(value) > self.max_items:
            return f"has {len(value)} items, more than {self.max_items}"
        if self.items is not None:
            for index, item in enumerate(value):
                if reason := self.items.mismatch(item):
                    return f"has an item [{index}] that {reason}"
        return ""


class MessageTemplate(_Record):
    """One message; ``content`` is template text. Few-shot examples are ordinary messages."""

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, StringConstraints(min_length=1)]


class Output(_Record):
    """What the answer looks like: a JSON Schema, when it is JSON."""

    schema_: Annotated[JsonMap, AfterValidator(check_schema)] = Field(alias="schema")


class Tool(_Record):
    """A function that the model may ask to have called.

    ``parameters`` is the JSON schema of its arguments, an object; ``strict`` asks the provider to
    hold the model to it.
    """

    name: ToolName
    description: Annotated[str, StringConstraints(min_length=1)]
    parameters: Annotated[JsonMap, AfterValidator(check_parameters)]
    strict: Flag = False


class ModelNeeds(_Record):
    """What a model must offer (``requires``) and how it is called (``params``)."""

    requires: JsonMap = Field(default_factory=dict)
    params: JsonMap = Field(default_factory=dict)


class Derived(_Record):
    """Where a rewritten wording comes from: what tells a stale variant, and an edit by hand.

    ``base`` and ``wording`` are digests of the wording that was rewritten and of what came out;
    ``dialect`` is the dialect and its version; ``without`` the steps that were declined.
    """

    base: Digest
    wording: Digest
    dialect: Line
    without: tuple[Slug, ...] = ()


class Variant(_Record):
    """Other wording for the same contract, chosen by ``when`` (a model family, or models).

    ``messages`` replace the prompt's own when given; ``params`` are laid over the prompt's own,
    and null takes one away (a JSON merge patch, RFC 7396). ``derived`` is there when a machine
    wrote the wording.
    """

    id: Slug
    when: JsonMap = Field(default_factory=dict)
    messages: Annotated[tuple[MessageTemplate, ...], Field(min_length=1)] | None = None
    params: JsonMap = Field(default_factory=dict)
    derived: Derived | None = None


class Retrieval(_Record):
    """The knowledge base that fills the variable ``into`` with what ``query`` finds."""

    kb: Slug
    version: KBVersion | None = None
    query: Annotated[str, StringConstraints(min_length=1)]
    top_k: Annotated[int, Strict(), Field(ge=1, le=100)] = 4
    into: Name = "context"


class MetricBar(_Record):
    """A metric: the bounds it must keep, and how it is scored.

    ``scorer`` names the scorer, which is else called like the metric; ``with`` are its options.
    Without bounds a metric is measured and cannot fail.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    min: Number | None = None
    max: Number | None = None
    scorer: Line | None = None
    with_: JsonMap | None = Field(default=None, alias="with")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is greater than max")
        return self


class Eval(_Record):
    """A golden set to measure on, with the bars to keep; paths are relative to the workspace."""

    id: Slug
    dataset: Annotated[str, StringConstraints(min_length=1), AfterValidator(dataset_path)]
    metrics: Annotated[dict[str, MetricBar], Field(min_length=1)]

    @property
    def scorers(self) -> frozenset[str]:
        """The names of the scorers of its metrics."""
        return frozenset(bar.scorer or name for name, bar in self.metrics.items())


class Waiver(_Record):
    """A control that does not apply, and who says so until when (ISO date, quoted)."""

    control: Line
    reason: Line
    approved_by: Line | None = None
    until: Date | None = None


class Compliance(_Record):
    """Controls that the prompt claims to meet, and their exceptions."""

    controls: tuple[Tag, ...] = ()
    waivers: tuple[Waiver, ...] = ()


class Prompt(_Record):
    """A prompt: one contract (variables in, output out), its wording, and what is known of it."""

    api_version: Literal["promptops/v1"] = Field(default="promptops/v1", alias="apiVersion")
    kind: Literal["Prompt"] = "Prompt"
    id: Slug
    version: SemVer
    title: Line
    intent: Annotated[str, AfterValidator(known_intent)]
    owner: Owner | None = None
    license: License | None = None
    tags: tuple[Tag, ...] = ()
    data: DataPolicy | None = None
    variables: dict[Name, Variable] = Field(default_factory=dict)
    messages: Annotated[tuple[MessageTemplate, ...], Field(min_length=1)]
    output: Output | None = None
    tools: tuple[Tool, ...] = ()
    model: ModelNeeds | None = None
    variants: tuple[Variant, ...] = ()
    retrieval: Retrieval | None = None
    evals: tuple[Eval, ...] = ()
    compliance: Compliance | None = None
    extra: JsonMap = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather_extensions(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        found = {key: value for key, value in data.items() if str(key).startswith("x-")}
        if not found:
            return data
        rest = {key: value for key, value in data.items() if key not in found}
        return {**rest, "extra": {**rest.get("extra", {}), **found}}

    @model_validator(mode="after")
    def _unique_ids(self) -> Self:
        for group, ids in (
            ("variants", [variant.id for variant in self.variants]),
            ("evals", [item.id for item in self.evals]),
            ("tools", [tool.name for tool in self.tools]),
        ):
            for position, value in enumerate(ids):
                if value in ids[:position]:
                    raise ValueError(f'two {group} are called "{value}"')
        return self

    @property
    def declared(self) -> frozenset[str]:
        """The root names that templates may use: the variables and what retrieval fills."""
        filled = {self.retrieval.into} if self.retrieval else set()
        return frozenset({*self.variables, *filled})

    @property
    def params(self) -> dict[str, JSON]:
        """The model parameters, empty when none are set."""
        return self.model.params if self.model else {}

    def variant(self, name: str) -> Variant:
        """The variant with this id.

        Raises:
            UnknownPromptError: There is none.
        """
        for variant in self.variants:
            if variant.id == name:
                return variant
        known = [variant.id for variant in self.variants]
        raise UnknownPromptError(
            f'"{self.id}" has no variant "{name}"',
            hint=did_you_mean(name, known) or f"variants: {', '.join(known) or 'none'}",
        )

    def replace(self, **changes: Any) -> Self:
        """A validated copy with some fields changed (``model_copy`` does not validate).

        Raises:
            pydantic.ValidationError: The changed prompt breaks the schema.
        """
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        del fields["api_version"]
        return self.model_validate({**fields, **changes})
