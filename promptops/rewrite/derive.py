"""The wording and the parameters of a prompt for one model: plan, apply, check.

Everything here is pure and deterministic: the same prompt and dialect give the same bytes.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, TypeVar

from promptops.core.canonical import JSON, canonical_json
from promptops.core.suggest import did_you_mean
from promptops.errors import UsageError
from promptops.models.claims import Claim
from promptops.models.dialects import Dialect
from promptops.models.names import ModelName
from promptops.models.params import fit_params, fitted_params
from promptops.prompts.model import MessageTemplate, Prompt
from promptops.rewrite.check import differences
from promptops.rewrite.planner import Planned, plan
from promptops.rewrite.reading import kept_sentences, read_draft
from promptops.rewrite.steps import STEPS

_MOST_PASSES = 4
Kind = Literal["hard", "soft"]
Because = Literal["hindered", "declined", "not required", "by hand"]
Messages = tuple[MessageTemplate, ...]
Left = tuple[tuple[Planned, str], ...]
"""Steps that are left out, each with the reason."""
_UNSTABLE = "rewriting the result again would change it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step that changed something.

    Attributes:
        step: Its name.
        reason: What it did and why.
        kind: ``hard`` when the API rejects or ignores the old form, ``soft`` when the new one only
            tends to work better.
        source: Where the claim behind it comes from.
        url: The source's address; "" where it has none.
    """

    step: str
    reason: str
    kind: Kind
    source: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """One step that had something to do and did not do it.

    Attributes:
        step: Its name.
        reason: Why not.
        kind: How much the claim behind it matters, as for a `Change`.
        source: Where that claim comes from.
        url: The source's address; "" where it has none.
        because: ``hindered`` by the prompt, ``declined`` or ``not required`` as somebody asked for,
            or left to be done ``by hand``: till then the request is refused.
    """

    step: str
    reason: str
    kind: Kind
    source: str
    url: str = ""
    because: Because = "hindered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What a prompt becomes for a model.

    Attributes:
        messages: The wording; the prompt's own where nothing changed or the rewrite is refused.
        params: A JSON merge patch (RFC 7396) over the prompt's parameters; null takes one away.
        changes: What changed, in order.
        refused: Why there is no other wording although something would change; None otherwise.
        skipped: What stays although a claim speaks against it.
    """

    messages: Messages
    params: Mapping[str, JSON]
    changes: tuple[Change, ...]
    refused: str | None
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a plan made of a conversation.

    Attributes:
        messages: The conversation.
        changed: The steps that changed something, in the order in which they first did.
        settled: Whether a further pass changes nothing.
    """

    messages: Messages
    changed: tuple[Planned, ...]
    settled: bool


def derive(
    prompt: Prompt, model: ModelName, dialect: Dialect, *, without: Collection[str] = ()
) -> Derived:
    """The wording and the parameters that a model takes best.

    Soft steps that break the equivalence check are left out and named under ``skipped``; where a
    hard one does, the rewrite is refused.

    Args:
        prompt: The prompt, its variants resolved.
        model: The model; its name may be empty when only the family is known.
        dialect: What the model takes, already picked out (`Dialect.for_model`).
        without: Names of steps that are not wanted.

    Raises:
        UsageError: No step is called like a name in ``without``.
    """
    _check_names(without, prompt)
    planned = plan(dialect, without=without)
    params, changes, kept = _params(prompt, dialect, without)
    applied, left, refused = _equivalent(prompt, planned, model.family)
    if left and not refused:
        # What was left out must be left out of the result, too.
        said = _saying(prompt, applied.messages)
        again, _, _ = _equivalent(said, planned, model.family)
        refused = "" if again.messages == applied.messages else _UNSTABLE
    if refused:
        return Derived(messages=prompt.messages, params={}, changes=(), refused=refused, skipped=())
    return Derived(
        messages=applied.messages,
        params=params,
        changes=(*(_change(item) for item in applied.changed), *changes),
        refused=None,
        skipped=(
            *(_skipped(item, problem) for item, problem in left),
            *_hindered(prompt, applied, planned, left, model.family),
            *_declined(prompt, applied, dialect, without, model.family),
            *_unclaimed(prompt, applied, dialect, without, model.family),
            *kept,
            *by_hand(prompt.params, dialect),
        ),
    )


def by_hand(params: Mapping[str, JSON], dialect: Dialect) -> tuple[Skipped, ...]:
    """The parameters without which a person has to make do: with them the request is refused.

    Args:
        params: What the model would get, by OpenAI's names.
        dialect: What the model takes, already picked out (`Dialect.for_model`).
    """
    return tuple(
        replace(
            _said(Skipped, fit_name(each.param), f"{each.remedy}: {each.claim.text}", each.claim),
            because="by hand",
        )
        for each in fit_params(params, dialect).problems
    )


def optional_steps(prompt: Prompt, dialect: Dialect) -> frozenset[str]:
    """The names of everything that is done for the sake of quality only.

    Args:
        prompt: The prompt, its variants resolved.
        dialect: What the model takes, already picked out (`Dialect.for_model`).
    """
    changes = fit_params(prompt.params, dialect).changes
    return frozenset(
        [item.step.name for item in plan(dialect) if item.kind == "soft"]
        + [fit_name(each.param) for each in changes if each.claim.kind == "soft"]
    )


def apply_plan(prompt: Prompt, planned: tuple[Planned, ...], family: str = "") -> Applied:
    """Apply steps in order, again and again until nothing changes any more.

    One pass is nearly always enough; where a step joins messages, another may find new sections in
    them. What has settled stays so, which makes rewriting idempotent.
    """
    changed: dict[str, Planned] = {}
    messages = prompt.messages
    for _ in range(_MOST_PASSES):
        before = messages
        draft = read_draft(_saying(prompt, messages), family)
        for item in planned:
            after = item.step.apply(draft)
            if after is draft or not after.messages():
                continue  # nothing to do, or the prompt said nothing else
            if after.turns != draft.turns:
                changed.setdefault(item.step.name, item)
            draft = after
        messages = draft.messages()
        if messages == before:
            return Applied(messages=before, changed=tuple(changed.values()), settled=True)
    return Applied(messages=messages, changed=tuple(changed.values()), settled=False)


def lost(
    prompt: Prompt, messages: Messages, planned: tuple[Planned, ...], family: str = ""
) -> tuple[str, ...]:
    """What another wording lost, changed or made up; empty when it is equivalent.

    What the steps of a plan add or take out on purpose does not count (`Step.waive`): the schema in
    words, the start of the answer.
    """
    base, new = compared(prompt, messages, planned, family)
    return _differences(_Compared(prompt=base), new)


def compared(
    prompt: Prompt, messages: Messages, planned: tuple[Planned, ...], family: str = ""
) -> tuple[Prompt, Messages]:
    """The prompt and another wording, without what the steps of a plan may add or take out."""
    base, new = (
        _waived(_saying(prompt, said), planned, family) for said in (prompt.messages, messages)
    )
    return _saying(prompt, base), new


def _waived(prompt: Prompt, planned: tuple[Planned, ...], family: str) -> Messages:
    draft = read_draft(prompt, family)
    for item in planned:
        draft = item.step.waive(draft)
    return draft.messages()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Compared:
    """A prompt by what the check looks at; families that say the same are checked once."""

    prompt: Prompt

    @property
    def _key(self) -> tuple[Messages, tuple[str, ...], bytes]:
        output = self.prompt.output
        schema = canonical_json(output.schema_) if output else b""
        return self.prompt.messages, kept_sentences(self.prompt), schema

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Compared) and self._key == other._key


@lru_cache(maxsize=1024)
def _differences(base: _Compared, new: Messages) -> tuple[str, ...]:
    return differences(base.prompt, new)


def _problem(prompt: Prompt, applied: Applied, family: str) -> str:
    if not applied.settled:
        return "the steps undo each other"
    if applied.messages == prompt.messages:
        return ""
    found = lost(prompt, applied.messages, applied.changed, family)
    return f"not equivalent: {'; '.join(found)}" if found else ""


def _equivalent(
    prompt: Prompt, planned: tuple[Planned, ...], family: str
) -> tuple[Applied, Left, str]:
    """What a plan makes, the soft steps left out because they lose something, and a refusal.

    Only where the whole plan loses something are its soft steps tried one after the other.
    """
    applied = apply_plan(prompt, planned, family)
    if not _problem(prompt, applied, family):
        return applied, (), ""
    doubted = {item.step.name for item in applied.changed if item.kind == "soft"}
    applied = apply_plan(prompt, _besides(planned, doubted), family)
    if problem := _problem(prompt, applied, family):
        return applied, (), problem
    left: list[tuple[Planned, str]] = []
    for item in planned:
        if item.step.name not in doubted:
            continue
        attempt = apply_plan(prompt, _besides(planned, doubted - {item.step.name}), family)
        if problem := _problem(prompt, attempt, family):
            left.append((item, problem))
        else:
            doubted.remove(item.step.name)
            applied = attempt
    return applied, tuple(left), ""


def _besides(planned: tuple[Planned, ...], names: Collection[str]) -> tuple[Planned, ...]:
    return tuple(item for item in planned if item.step.name not in names)


def _params(
    prompt: Prompt, dialect: Dialect, without: Collection[str]
) -> tuple[dict[str, JSON], tuple[Change, ...], tuple[Skipped, ...]]:
    """The merge patch that fits the parameters, why, and what is declined of it."""
    fit = fit_params(prompt.params, dialect)
    patch: dict[str, JSON] = {}
    changes, kept = [], []
    for each in fit.changes:
        name = fit_name(each.param)
        done = f"sets {each.param} to {each.new}" if each.new is not None else f"drops {each.param}"
        reason = f"{done}: {each.claim.text}"
        if name in without:
            kept.append(replace(_said(Skipped, name, reason, each.claim), because="declined"))
            continue
        patch[each.param] = each.new
        changes.append(_said(Change, name, reason, each.claim))
    return patch, tuple(changes), tuple(kept)


def fit_name(param: str) -> str:
    """The name by which the change of a parameter is declined: ``fit-top-p``."""
    return f"fit-{param.replace('_', '-')}"


def _hindered(
    prompt: Prompt, applied: Applied, planned: tuple[Planned, ...], left: Left, family: str
) -> tuple[Skipped, ...]:
    draft = read_draft(_saying(prompt, applied.messages), family)
    tried = _besides(planned, [item.step.name for item, _ in left])
    reasons = ((item, item.step.hindrance(draft)) for item in tried)
    return tuple(_skipped(item, reason) for item, reason in reasons if reason)


def _declined(
    prompt: Prompt, applied: Applied, dialect: Dialect, without: Collection[str], family: str
) -> Iterator[Skipped]:
    """The steps that are not wanted and would change something."""
    draft = read_draft(_saying(prompt, applied.messages), family)
    for item in plan(dialect):
        if item.step.name in without and item.step.apply(draft).turns != draft.turns:
            yield replace(_skipped(item, item.reason), because="declined")


def _unclaimed(
    prompt: Prompt, applied: Applied, dialect: Dialect, without: Collection[str], family: str
) -> Iterator[Skipped]:
    """The steps that nobody asks for, where people should know that they are not taken."""
    draft = read_draft(_saying(prompt, applied.messages), family)
    for step in STEPS:
        if not step.unclaimed or step.name in without or dialect.claim(step.topic):
            continue
        if step.apply(draft).turns != draft.turns or step.hindrance(draft):
            yield Skipped(step=step.name, reason=step.unclaimed, kind="soft", source="")


def _check_names(without: Collection[str], prompt: Prompt) -> None:
    known = {step.name for step in STEPS}
    known |= {fit_name(param) for param in (*fitted_params(), *prompt.params)} if without else set()
    for name in without:
        if name not in known:
            raise UsageError(
                f'no step of a rewrite is called "{name}"',
                hint=did_you_mean(name, known) or f"known: {', '.join(sorted(known))}",
            )


def _saying(prompt: Prompt, messages: Messages) -> Prompt:
    if messages is prompt.messages:
        return prompt
    return prompt.model_copy(update={"messages": messages})


def _change(item: Planned) -> Change:
    return _said(Change, item.step.name, item.reason, item.claim, item.kind)


def _skipped(item: Planned, reason: str) -> Skipped:
    return _said(Skipped, item.step.name, reason, item.claim, item.kind)


Said = TypeVar("Said", Change, Skipped)


def _said(made: type[Said], step: str, reason: str, claim: Claim, kind: Kind | None = None) -> Said:
    """A change or a skipped step, with its claim's source."""
    return made(
        step=step, reason=reason, kind=kind or claim.kind, source=claim.source, url=claim.url
    )
