"""Which variant of a prompt speaks to a model."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from promptops.core.canonical import JSON
from promptops.prompts.model import Prompt, Variant

_KEYS = frozenset({"model", "family", "max_params_b"})


def choose_variant(
    prompt: Prompt, *, model: str, family: str, size_b: float | None = None
) -> Variant | None:
    """The variant written for a model; None where the prompt's own wording is meant.

    A model named in ``when.model`` beats a glob that fits it, a glob beats ``when.family`` with
    ``max_params_b``, and that beats the family alone; of equals the first one counts. A variant
    with other conditions is only chosen by its name.

    Args:
        prompt: The prompt.
        model: Model id, with or without its provider.
        family: The model's family; "" when it is not known.
        size_b: Parameters in billions; None when they are not known.
    """
    ranked = [(_rank(each.when, model.lower(), family, size_b), each) for each in prompt.variants]
    best = max((rank for rank, _ in ranked), default=0)
    return next((each for rank, each in ranked if rank == best), None) if best else None


def _rank(when: Mapping[str, JSON], model: str, family: str, size_b: float | None) -> int:
    """How closely a condition fits: 0 for not at all."""
    if not when or set(when) - _KEYS:
        return 0
    bound = when.get("max_params_b")
    if bound is not None and (size_b is None or not _at_most(size_b, bound)):
        return 0
    models, families = names(when.get("model")), names(when.get("family"))
    fits = [_model_rank(pattern.lower(), model) for pattern in models]
    if models and not any(fits):
        return 0
    if families and family not in families:
        return 0
    return max(fits, default=0) + bool(families) + bool(families and bound is not None)


def _model_rank(pattern: str, model: str) -> int:
    bare = model.rpartition("/")[2]
    if pattern in (model, bare):
        return 8
    return 4 if fnmatchcase(model, pattern) or fnmatchcase(bare, pattern) else 0


def _at_most(size_b: float, bound: JSON) -> bool:
    return isinstance(bound, int | float) and size_b <= bound


def names(value: JSON) -> tuple[str, ...]:
    """A condition's value as names: one, a list, or none."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
