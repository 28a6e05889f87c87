"""Rewrite a prompt for a model family."""

from dataclasses import dataclass
from typing import Literal

from promptops.models.dialects import Dialect
from promptops.prompts.model import MessageTemplate, Prompt, Variant
from promptops.prompts.resolve import resolve
from promptops.rewrite.check import differences
from promptops.rewrite.planner import Planned, plan
from promptops.rewrite.reading import read_draft
from promptops.rewrite.schema_instruction import schema_instruction

_MOST_PASSES = 4
Kind = Literal["hard", "soft"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step that changed something.

    Attributes:
        step: Its name.
        reason: What it did and why.
        kind: ``hard`` when the API rejects or ignores the old form, ``soft`` when the new one only
            tends to work better.
        source: Where the claim behind it comes from.
    """

    step: str
    reason: str
    kind: Kind
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """The result for one family.

    Attributes:
        prompt: The prompt as it was.
        family: The model family.
        variant: The new variant; None when nothing is to be changed or the rewrite is refused.
        changes: The steps that changed something.
        refused: Why there is no variant although something would change; None otherwise.
    """

    prompt: Prompt
    family: str
    variant: Variant | None
    changes: tuple[Change, ...]
    refused: str | None

    @property
    def equivalent(self) -> bool:
        """Whether the wording for this family passed the check (the base wording always does)."""
        return self.refused is None

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """(name, reason) of every step that changed something."""
        return tuple((change.step, change.reason) for change in self.changes)


def rewrite(prompt: Prompt, family: str, dialect: Dialect) -> Rewrite:
    """The wording of a prompt for a model family, as a variant.

    The base wording is rewritten, never another variant. A variant that the prompt already has for
    the family is left alone: the same wording needs no proposal, and another one is somebody's
    work.

    Args:
        prompt: The prompt.
        family: The model family, which also names the variant.
        dialect: What the family takes best.
    """
    base = resolve(prompt, None)
    messages, changes, settled = apply_plan(base, plan(dialect))
    if messages == base.messages:
        return Rewrite(prompt=prompt, family=family, variant=None, changes=(), refused=None)
    variant = Variant(id=family, when={"family": [family]}, messages=messages)
    existing = variant_for(prompt, family)
    if existing is not None and existing.messages == messages:
        return Rewrite(prompt=prompt, family=family, variant=None, changes=(), refused=None)
    refused = _refusal(base, variant, existing) if settled else "the steps undo each other"
    return Rewrite(
        prompt=prompt,
        family=family,
        variant=None if refused else variant,
        changes=changes,
        refused=refused,
    )


def variant_for(prompt: Prompt, family: str) -> Variant | None:
    """The variant that a prompt has for a family: of that id, or chosen by it."""
    for variant in prompt.variants:
        families = variant.when.get("family", ())
        named = (families,) if isinstance(families, str) else tuple(families)
        if variant.id == family or family in named:
            return variant
    return None


def _refusal(base: Prompt, variant: Variant, existing: Variant | None) -> str | None:
    if existing is not None:
        return f'the variant "{existing.id}" is there and differs: edits by hand are kept'
    instruction = schema_instruction(base)
    lost = differences(base, variant.messages or (), ignoring=(instruction,) if instruction else ())
    return f"not equivalent: {'; '.join(lost)}" if lost else None


def apply_plan(
    prompt: Prompt, planned: tuple[Planned, ...]
) -> tuple[tuple[MessageTemplate, ...], tuple[Change, ...], bool]:
    """Apply steps in order, again and again until nothing changes any more.

    One pass is nearly always enough; where a step joins messages, another may find new sections in
    them. What has settled stays so, which makes rewriting idempotent.

    Returns:
        The messages, the steps that changed something, and whether it settled.
    """
    changes: dict[str, Change] = {}
    messages = prompt.messages
    for _ in range(_MOST_PASSES):
        before = messages
        draft = read_draft(prompt.model_copy(update={"messages": messages}))
        for item in planned:
            after = item.step.apply(draft)
            if not after.messages():
                continue  # the prompt said nothing else
            if after.turns != draft.turns:
                changes.setdefault(item.step.name, _change(item))
            draft = after
        messages = draft.messages()
        if messages == before:
            return messages, tuple(changes.values()), True
    return messages, tuple(changes.values()), False


def _change(item: Planned) -> Change:
    return Change(
        step=item.step.name,
        reason=f"{item.step.reason}: {item.claim.text}",
        kind=item.claim.kind,
        source=item.claim.source,
    )
