"""Which model each wording of a prompt file is meant for, and with which parameters.

A target is declared by ``model.requires`` (``model`` or ``family``), by ``model.params.model``, or
by the same keys of a variant's ``when``. Where nothing is declared there is no target, and rules
about models have nothing to say.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from promptops.core.canonical import JSON
from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Wording
from promptops.models.card import ModelCard
from promptops.models.catalog import Catalog
from promptops.models.claims import Certainty, Claim
from promptops.models.dialects import Dialect, claims_about, dialects, family_words
from promptops.models.names import ModelName, read_model_name
from promptops.prompts.resolve import overlay


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One way in which a prompt is sent: the messages and parameters of one wording.

    ``params`` are the prompt's own with the variant's over them; ``pointers`` says where in the
    file each stands; ``declared_at`` where the targets are named; ``dialects`` is what the families
    take (see `dialect_of`).
    """

    variant: str | None
    messages: tuple[ParsedMessage, ...]
    params: Mapping[str, JSON]
    pointers: Mapping[str, str]
    targets: tuple[ModelName, ...]
    declared_at: str
    dialects: Mapping[str, Dialect] | None

    def pointer(self, param: str) -> str:
        """Where a parameter stands in the file."""
        return self.pointers.get(param, "/model/params")

    def claims(self, topic: str, *values: str) -> Iterator[tuple[ModelName, Claim, Certainty]]:
        """The claims of a topic about the targets: of each target the one that counts most.

        Where values are named, the one that counts most of those with such a value: "certain" only
        when it holds for the target, "possible" when the target is not known well enough.
        """
        for target in self.targets:
            dialect = dialect_of(target, self.dialects)
            found = (
                (target, claim, certainty)
                for claim, certainty in (claims_about(dialect, target, topic) if dialect else ())
                if not values or claim.value in values
            )
            yield from islice(found, 1)


@lru_cache(maxsize=2)
def calls(prompt: ParsedPrompt) -> tuple[Call, ...]:
    """The ways in which a prompt file is sent: its own and each variant's; none for a bare text."""
    if prompt.prompt is None:
        return ()
    needs = prompt.prompt.model
    params = dict(needs.params) if needs else {}
    base = {name: f"/model/params/{name}" for name in params}
    own = _declared(needs.requires if needs else {}, prompt) or _declared(params, prompt)
    found = [
        Call(
            variant=None,
            messages=prompt.wordings[0].messages,
            params=params,
            pointers=base,
            targets=own,
            declared_at="/model",
            dialects=prompt.dialects,
        )
    ]
    wordings: dict[str | None, Wording] = {wording.variant: wording for wording in prompt.wordings}
    for number, variant in enumerate(prompt.prompt.variants):
        place = f"/variants/{number}"
        theirs = _declared(variant.when, prompt) or _declared(variant.params, prompt)
        found.append(
            Call(
                variant=variant.id,
                messages=wordings.get(variant.id, prompt.wordings[0]).messages,
                params=overlay(params, variant.params),
                pointers={**base, **{name: f"{place}/params/{name}" for name in variant.params}},
                targets=theirs or own,
                declared_at=f"{place}/when" if theirs else "/model",
                dialects=prompt.dialects,
            )
        )
    return tuple(found)


def targeted(prompt: ParsedPrompt) -> tuple[Call, ...]:
    """The calls whose model or family is declared."""
    return tuple(call for call in calls(prompt) if call.targets)


def read_target(model: str, prompt: ParsedPrompt) -> ModelName:
    """What a model's id tells, by the families that are known where the prompt is checked."""
    known = prompt.dialects
    return read_model_name(model, None if known is None else family_words(known))


def dialect_of(target: ModelName, known: Mapping[str, Dialect] | None) -> Dialect | None:
    """What a target's family takes, None when nothing is known of it.

    Args:
        target: The target.
        known: Dialects by family; those of the library when None.
    """
    return (dialects() if known is None else known).get(target.family)


@lru_cache(maxsize=1)
def _cards() -> dict[str, ModelCard]:
    return {card.id.rpartition("/")[2]: card for card in Catalog.load().cards}


def card_of(target: ModelName) -> ModelCard | None:
    """The built-in card of a target; None when it names only a family, or none is known."""
    return _cards().get(target.name) if target.name else None


def cheapest_card(target: ModelName) -> ModelCard | None:
    """The target's card, or the cheapest hosted one of its family."""
    card = card_of(target)
    if card is not None or target.name:
        return card
    family = [item for item in _cards().values() if item.family == target.family]
    priced = [item for item in family if item.price.input > 0]
    return min(priced, key=lambda item: (item.price.input, item.id), default=None)


def _declared(keys: Mapping[str, JSON], prompt: ParsedPrompt) -> tuple[ModelName, ...]:
    models = [read_target(name, prompt) for name in _names(keys.get("model"))]
    return tuple(models or (ModelName(family=name.lower()) for name in _names(keys.get("family"))))


def _names(value: JSON) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
