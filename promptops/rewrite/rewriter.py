"""Rewrite a prompt for a model or a family, and reconcile it with the variant that is there."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Literal

from promptops.core.canonical import digest
from promptops.models.dialects import Dialect
from promptops.models.names import ModelName
from promptops.prompts.model import Derived, Prompt, Variant
from promptops.prompts.resolve import overlay, resolve
from promptops.prompts.selection import choose_variant, names
from promptops.rewrite.derive import (
    Change,
    Skipped,
    by_hand,
    derive,
    fit_name,
    lost,
    optional_steps,
)
from promptops.rewrite.merging import MergeTexts, Words, merge
from promptops.rewrite.planner import Planned, plan
from promptops.rewrite.steps import STEPS

REVISION = 2
"""Raised when the steps write otherwise: derived variants are stale then."""

_NOTHING = f"sha256:{'0' * 64}"

Status = Literal["unchanged", "new", "updated", "merged", "kept", "conflict", "refused"]
Ancestor = Callable[[Variant], Words | None]
"""The wording that a variant was derived as, before it was edited; None when nothing keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """The wording of a prompt for one target.

    Attributes:
        prompt: The prompt as it was.
        target: The model, or the family.
        id: The variant's id.
        status: ``new``, ``updated`` and ``merged`` have a variant to write; ``unchanged`` needs
            none; ``kept`` leaves what people wrote; ``conflict`` and ``refused`` say why not.
        variant: What to write.
        changes: The steps that changed something.
        skipped: Steps that had something to do and did not do it, and those that were declined
            with nothing to do, each with the reason.
        reason: Why there is no variant; empty where there is one or none is needed.
        conflicts: The text with its conflicts marked.
        derived: What was derived, before edits by hand were merged into it.
    """

    prompt: Prompt
    target: ModelName
    id: str
    status: Status
    variant: Variant | None = None
    changes: tuple[Change, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    reason: str = ""
    conflicts: str = ""
    derived: Words | None = None

    @property
    def hard_left(self) -> tuple[Skipped, ...]:
        """What the target refuses or ignores and no step mended."""
        return tuple(
            each for each in self.skipped if each.kind == "hard" or each.because == "by hand"
        )

    @property
    def by_hand(self) -> tuple[Skipped, ...]:
        """What a person has to mend before the target takes the request."""
        return tuple(each for each in self.skipped if each.because == "by hand")

    @property
    def name(self) -> str:
        """The model or the family, as messages call it."""
        return self.target.shown


def rewrite(
    prompt: Prompt,
    target: ModelName,
    dialect: Dialect,
    *,
    without: Collection[str] = (),
    required_only: bool = False,
    overwrite: bool = False,
    ancestor: Ancestor = lambda _: None,
    merge_texts: MergeTexts | None = None,
) -> Rewrite:
    """The wording of a prompt for a model or a family, as a variant.

    The base wording is rewritten, never another variant. A variant that was derived and not touched
    since is derived again; edits by hand are merged with what is derived now, and a variant that
    people wrote is left alone.

    Args:
        prompt: The prompt.
        target: A model, or only its family.
        dialect: What the family takes; the claims about the target are picked out here.
        without: Steps that are not wanted; those declined for the variant before stay declined.
        required_only: Whether only those steps are wanted that the target demands.
        overwrite: Write what is derived over edits of a derived variant, and decline no step that
            was declined before.
        ancestor: Finds the wording that an edited variant was derived as.
        merge_texts: Merges three texts; needed only where a variant was edited.
    """
    fitting = dialect.for_model(target)
    base = resolve(prompt, None)
    optional = optional_steps(base, fitting) if required_only else frozenset()
    found = _reconciled(
        prompt, target, fitting, {*without, *optional}, overwrite, ancestor, merge_texts
    )
    sent = found.variant or choose_variant(
        prompt, model=target.name, family=target.family, size_b=target.size_b
    )
    skipped = (
        *(each for each in found.skipped if each.because != "by hand"),
        # What is wrong in the prompt's own parameters may be mended in the variant.
        *by_hand(overlay(base.params, sent.params) if sent else base.params, fitting),
    )
    told = (
        replace(each, because="not required") if each.step in optional.difference(without) else each
        for each in skipped
    )
    return replace(found, skipped=(*told, *_idle(without, found)))


def _idle(without: Collection[str], found: Rewrite) -> tuple[Skipped, ...]:
    """The steps that were declined with nothing to do."""
    at_work = {each.step for each in found.skipped}
    return tuple(
        Skipped(step=name, reason="nothing to do", kind="soft", source="", because="declined")
        for name in dict.fromkeys(without)
        if name not in at_work
    )


def _reconciled(
    prompt: Prompt,
    target: ModelName,
    fitting: Dialect,
    without: Collection[str],
    overwrite: bool,
    ancestor: Ancestor,
    merge_texts: MergeTexts | None,
) -> Rewrite:
    """What is derived now, beside the variant that is there."""
    base = resolve(prompt, None)
    existing = variant_for(prompt, target)
    result = Rewrite(
        prompt=prompt,
        target=target,
        id=existing.id if existing else variant_id(target),
        status="unchanged",
    )
    before = existing.derived if existing and not overwrite else None
    origin = Derived(
        base=Words(messages=base.messages, params=base.params).digest,
        wording=before.wording if before else _NOTHING,
        dialect=dialect_mark(fitting),
        without=_declined(without, before, base),
    )
    untouched = existing and before == origin and written_as(existing).digest == before.wording
    if untouched and not without:
        return result  # it would come out the same, and nobody asks what is left
    derived = derive(base, target, fitting, without=origin.without)
    theirs = Words(messages=derived.messages, params=derived.params)
    result = replace(result, changes=derived.changes, skipped=derived.skipped, derived=theirs)
    if derived.refused:
        return replace(result, status="refused", reason=derived.refused)
    # Where only parameters differ, the variant goes on speaking the prompt's own words.
    said = replace(theirs, messages=()) if theirs.messages == base.messages else theirs
    origin = origin.model_copy(update={"wording": said.digest})
    written = _variant(result, origin, said)
    if existing is None:
        changed = said.messages or said.params
        return replace(result, status="new", variant=written) if changed else result
    ours = words_of(existing, base)
    if ours.digest == theirs.digest:
        return result
    if existing.derived is None:
        reason = f'the variant "{existing.id}" is by hand; remove it to have one derived'
        return replace(result, status="kept", reason=reason)
    if before is None or before.wording == written_as(existing).digest:
        return replace(result, status="updated", variant=written)
    was = ancestor(existing) if before.wording != said.digest else theirs
    planned = plan(fitting, without=origin.without)
    return _merged(result, written, planned, (was, ours, theirs), merge_texts)


def _declined(without: Collection[str], before: Derived | None, base: Prompt) -> tuple[str, ...]:
    """The steps that are not wanted, now or before; one that is no more cannot be declined."""
    known = {step.name for step in STEPS} | {fit_name(param) for param in base.params}
    return tuple(sorted({*without, *known.intersection(before.without if before else ())}))


def variant_for(prompt: Prompt, target: ModelName) -> Variant | None:
    """The variant that a prompt has for exactly this target: of its id, or chosen by it."""
    wanted = variant_id(target)
    key, name = ("model", target.name) if target.name else ("family", target.family)
    for variant in prompt.variants:
        if variant.id == wanted or name in names(variant.when.get(key)):
            return variant
    return None


def variant_id(target: ModelName) -> str:
    """The id of a target's variant: its name in lower case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", target.shown.lower()).strip("-")[:64].rstrip("-")


def words_of(variant: Variant, base: Prompt) -> Words:
    """A variant's wording; its messages are the prompt's own where it has none."""
    return Words(messages=variant.messages or base.messages, params=variant.params)


def written_as(variant: Variant) -> Words:
    """A variant's wording as it stands in the file: without messages where it has none."""
    return Words(messages=variant.messages or (), params=variant.params)


def is_stale(prompt: Prompt, variant: Variant, dialect: Dialect) -> bool:
    """Whether a derived variant was made from another base wording, or by another dialect.

    Args:
        prompt: The prompt.
        variant: One of its variants.
        dialect: What holds for the variant's model (`Dialect.for_model`).
    """
    if variant.derived is None:
        return False
    made = (variant.derived.base, variant.derived.dialect)
    base = Words(messages=prompt.messages, params=prompt.params)
    return made != (base.digest, dialect_mark(dialect))


def dialect_mark(dialect: Dialect) -> str:
    """What a wording was derived by, as a variant keeps it: family, version, digest.

    The digest is of what is claimed about the model, so that a claim of a workspace counts whether
    or not somebody raised a version.

    Args:
        dialect: What holds for the model (`Dialect.for_model`).
    """
    claims = digest([REVISION, *([each.topic, each.value] for each in dialect.claims)])
    return f"{dialect.family}@{dialect.version}+{claims.removeprefix('sha256:')[:8]}"


def _variant(result: Rewrite, origin: Derived, words: Words) -> Variant:
    """The variant to write; what people wrote under ``when`` stays."""
    target = result.target
    when = {"model": [target.name]} if target.name else {"family": [target.family]}
    existing = next((each for each in result.prompt.variants if each.id == result.id), None)
    return Variant(
        id=result.id,
        when=existing.when if existing else when,
        messages=words.messages or None,
        params=dict(words.params),
        derived=origin,
    )


def _merged(
    result: Rewrite,
    updated: Variant,
    planned: tuple[Planned, ...],
    sides: tuple[Words | None, Words, Words],
    merge_texts: MergeTexts | None,
) -> Rewrite:
    """The edits by hand with what is derived now; refused where they do not go together."""
    ancestor, ours, theirs = sides
    if ancestor is None or merge_texts is None:
        return replace(
            result,
            status="conflict",
            reason=f'the variant "{result.id}" was edited by hand, and the wording that it was '
            "derived as is kept nowhere",
        )
    if ancestor.digest == theirs.digest:
        reason = f'the variant "{result.id}" was edited by hand, and nothing new is derived'
        return replace(result, status="kept", reason=reason)
    merged = merge(ancestor, ours, theirs, merge_texts)
    if merged.words is None:
        return replace(
            result,
            status="conflict",
            reason=f'edits by hand of the variant "{result.id}" meet what is derived now '
            "(change them, drop them with --overwrite, or remove `derived` to own the variant)",
            conflicts=merged.conflicts,
        )
    missing = lost(
        resolve(result.prompt, None), merged.words.messages, planned, result.target.family
    )
    if missing:
        reason = (
            f"with the edits by hand it is not equivalent: {'; '.join(missing)} (change the edits, "
            "drop them with --overwrite, or remove `derived` to own the variant)"
        )
        return replace(result, status="refused", reason=reason)
    words = merged.words
    variant = updated.model_copy(update={"messages": words.messages, "params": dict(words.params)})
    return replace(result, status="merged", variant=variant)


__all__ = [
    "Ancestor",
    "Rewrite",
    "Status",
    "dialect_mark",
    "is_stale",
    "rewrite",
    "variant_for",
    "variant_id",
    "words_of",
    "written_as",
]
