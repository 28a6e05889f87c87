"""The model that a request is for, and what is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from promptops.errors import RequestError, UnknownModelError
from promptops.models.catalog import Catalog
from promptops.models.dialects import Dialect, family_words
from promptops.models.names import ModelName, read_model_name

_OF_PROVIDERS = {
    "anthropic": "anthropic",
    "openai": "openai",
    "gemini": "gemini",
    "mistral": "mistral",
}
_OF_FAMILIES = {"claude": "anthropic", "gemini": "gemini", "mistral": "mistral"}
# Clouds that wrap the vendors' bodies in their own: LiteLLM knows how.
_WRAPPING = frozenset({"bedrock", "sagemaker", "vertex_ai", "watsonx"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A model and what is known of it.

    Attributes:
        model: Its id with its provider (``anthropic/claude-opus-5``).
        name: What the id tells, and the family of its card.
        dialect: What this model takes.
        max_output: Tokens of the longest answer that it gives; None when not known.
        remark: What makes the rest less than sure; "" when nothing does.
    """

    model: str
    name: ModelName
    dialect: Dialect
    max_output: int | None = None
    remark: str = ""

    @property
    def bare(self) -> str:
        """The id as the provider's own API writes it."""
        return self.model.partition("/")[2] or self.model

    @property
    def provider(self) -> str:
        """The part of the id before its first slash; "" when it has none."""
        provider, slash, _ = self.model.partition("/")
        return provider if slash else ""

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats in which it is served, its provider's own first."""
        if self.provider in _WRAPPING:
            return ("litellm",)
        own = _OF_PROVIDERS.get(self.provider) or _OF_FAMILIES.get(self.name.family, "openai")
        found = [own, "litellm"]
        if self.name.family == "gemma":
            found.append("gemini")
        # Open weights are served by anyone, and then in OpenAI's form.
        if self.name.family == "mistral" and self.provider not in ("", "mistral"):
            found.append("openai")
        return tuple(dict.fromkeys(found))


def find_recipient(model: str, catalog: Catalog, dialects: Mapping[str, Dialect]) -> Recipient:
    """The model with this id.

    A model without a card is known by the family that its id tells.

    Raises:
        UnknownModelError: It has no card, and its id tells no family.
    """
    name = read_model_name(model, family_words(dialects))
    try:
        card = catalog.get(model)
    except UnknownModelError as problem:
        if not name.family:
            raise
        remark = f"no card is known for {model}: its name tells the family {name.family}"
        close = f" ({problem.hint})" if problem.hint.startswith("did you mean") else ""
        return Recipient(
            model=model, name=name, dialect=_dialect(name, dialects), remark=remark + close
        )
    name = replace(name, family=card.family)
    known = card.family in dialects
    return Recipient(
        model=model,
        name=name,
        dialect=_dialect(name, dialects),
        max_output=card.max_output,
        remark="" if known else f'nothing is known of what the family "{card.family}" takes',
    )


def check_format(format_: str, recipient: Recipient) -> None:
    """Refuse a format in which nobody serves the model.

    A model of a family that is not known may be served in any.

    Raises:
        RequestError: It is served in another one.
    """
    known = bool(recipient.dialect.family) or recipient.provider in _OF_PROVIDERS
    if known and format_ not in recipient.formats:
        own = recipient.formats[0]
        other = "" if own == "litellm" else ", or --format litellm, which serves every model"
        raise RequestError(
            f'it is not served in the format "{format_}"',
            where=recipient.model,
            hint=f"use --format {own}{other}",
        )


def _dialect(name: ModelName, dialects: Mapping[str, Dialect]) -> Dialect:
    found = dialects.get(name.family)
    return found.for_model(name) if found else Dialect(family="", title="", claims=())
