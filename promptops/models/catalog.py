"""The model cards: those that come with the library, and those of a workspace over them."""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import ValidationError

from promptops.core.files import read_text
from promptops.core.suggest import did_you_mean
from promptops.errors import SettingsError, UnknownModelError
from promptops.models.card import ModelCard


class Catalog:
    """Model cards by id."""

    def __init__(self, cards: Iterable[ModelCard]) -> None:
        """Keep the cards; a later one replaces an earlier one of the same id."""
        self._cards = {card.id: card for card in cards}

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """The built-in cards, with those of a workspace's ``models.yaml`` over them.

        Raises:
            SettingsError: The file is not a list of cards under ``models:``.
        """
        own = _read(read_text(path, SettingsError), str(path)) if path else []
        return cls([*_built_in(), *own])

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        """Every card, by id."""
        return tuple(self._cards[name] for name in sorted(self._cards))

    def get(self, model: str) -> ModelCard:
        """The card of a model.

        A GGUF file of the user's (``embedded/<path>.gguf``) needs no card: it is on this machine.

        Raises:
            UnknownModelError: No card has this id.
        """
        if model in self._cards:
            return self._cards[model]
        if model.startswith("embedded/") and model.endswith(".gguf"):
            return ModelCard(
                id=model,
                family="local",
                provider="embedded",
                jurisdiction="local",
                retention_days=0,
                trains_on_data=False,
                capabilities=frozenset({"schema"}),
            )
        raise UnknownModelError(
            f'no model card is called "{model}"',
            hint=did_you_mean(model, self._cards)
            or "`promptops models list` shows them; add yours to prompt_registry/models.yaml",
        )

    def families(self) -> tuple[str, ...]:
        """The families that have a card, by name."""
        return tuple(sorted({card.family for card in self._cards.values()}))

    def find(self, *, family: str | None = None, provider: str | None = None) -> list[ModelCard]:
        """The cards of a family, of a provider, or of both."""
        return [
            card
            for card in self.cards
            if family in (None, card.family) and provider in (None, card.provider)
        ]


def _built_in() -> list[ModelCard]:
    folder = files("promptops.models") / "cards"
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=str)
    return [card for entry in found for card in _read(entry.read_text("utf-8"), entry.name)]


def _read(text: str, where: str) -> list[ModelCard]:
    try:
        tree: Any = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f"{where}:{mark.line + 1}:{mark.column + 1}" if mark else where
        raise SettingsError("not YAML", where=place) from problem
    if not isinstance(tree, Mapping) or not isinstance(tree.get("models"), list):
        raise SettingsError("this file has no list under `models:`", where=where)
    cards = []
    for number, item in enumerate(tree["models"], start=1):
        try:
            cards.append(ModelCard.model_validate({**tree.get("common", {}), **item}))
        except (ValidationError, TypeError) as problem:
            reason = problem.errors()[0] if isinstance(problem, ValidationError) else None
            text = f"{'.'.join(map(str, reason['loc']))}: {reason['msg']}" if reason else "no card"
            raise SettingsError(text, where=f"{where}: model {number}") from problem
    return cards
