"""An optimization in a form that a person can act on: what changed, what it did, what to do next.

Nothing here decides: the verdict is the optimizer's. What is said of wordings that were only raced
comes from cases that helped to choose among them, and is told so.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher, unified_diff
from statistics import pstdev

from promptops.core.canonical import JSON
from promptops.core.statistics import Interval, minimum_detectable_effect
from promptops.evaluation.comparison import ALPHA, change
from promptops.evaluation.noninferiority import p_not_worse
from promptops.evaluation.result import Evaluation
from promptops.optimize.raced import Raced, raced_of
from promptops.optimize.result import OptimizeResult
from promptops.optimize.words import believable
from promptops.prompts.model import MessageTemplate, Prompt

QUANTITIES = ("input_tokens", "output_tokens", "cost_usd", "latency_ms")
"""What a call takes: tokens, US dollars, milliseconds."""

_LEAST_SD = 0.25  # of paired differences: few cases look more alike than they are
_MOST_CASES = 5000
_LEAST_SAVING = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageChange:
    """One message that is not the same: its role, its place from 1, and a unified diff."""

    role: str
    place: int
    diff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """One held-out case on which the two wordings score differently."""

    case: str
    base_score: float
    new_score: float
    base_answer: str
    new_answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityChange:
    """What a call takes, before and after, and the paired change with its 95 % interval."""

    quantity: str
    before: float
    after: float
    change: Interval

    @property
    def share(self) -> float | None:
        """The change as a share of what it was; None where it was nothing."""
        return self.change.estimate / self.before if self.before else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestor:
    """One wording on the way from the base to the finalist, and what was done to make it."""

    digest: str
    proposer: str
    reason: str
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One single change that helped or saved in the race, in words."""

    text: str
    digest: str
    proposer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What an optimization found.

    Args:
        messages: The messages that the finalist changes.
        wins: Held-out cases that got better.
        losses: Held-out cases that got worse.
        quantities: Tokens, price and latency of a call; empty when nothing was tested.
        raced: Every wording that ran in the race, as the optimizer ranked them.
        lineage: The finalist and what it was made of, newest first, down to the wording in use.
        suggestions: Single changes worth a look.
        cases_needed: Held-out cases that would show the finalist's effect; None when it is shown,
            or when no number of cases would show it.
        more_cases: How many cases to add, in words; empty when they would not help.
        next_steps: What to do now, in words.
    """

    messages: tuple[MessageChange, ...]
    wins: tuple[CaseChange, ...]
    losses: tuple[CaseChange, ...]
    quantities: tuple[QuantityChange, ...]
    raced: tuple[Raced, ...]
    lineage: tuple[Ancestor, ...]
    suggestions: tuple[Suggestion, ...]
    cases_needed: int | None
    more_cases: str
    next_steps: tuple[str, ...]

    def to_json(self) -> dict[str, JSON]:
        """Plain values by name."""
        return {
            "diff": [asdict(each) for each in self.messages],
            "wins": [asdict(each) for each in self.wins],
            "losses": [asdict(each) for each in self.losses],
            "quantities": {
                each.quantity: {
                    "before": each.before,
                    "after": each.after,
                    "change": each.change.to_json(),
                }
                for each in self.quantities
            },
            "raced": [each.to_json() for each in self.raced],
            "lineage": [{**asdict(each), "parents": list(each.parents)} for each in self.lineage],
            "suggestions": [asdict(each) for each in self.suggestions],
            "cases_needed": self.cases_needed,
            "next_steps": list(self.next_steps),
        }


def explain(
    result: OptimizeResult,
    base: Prompt,
    *,
    measured: Mapping[str, Evaluation],
    golden_cases: int,
    held_out: int,
    has_writer: bool,
) -> Explanation:
    """Say what a result means.

    Args:
        result: The result.
        base: The wording in use, as its own (no variants).
        measured: Results on cases that are not held out, by the wording's digest.
        golden_cases: Cases of the whole golden set.
        held_out: Those of them that are kept for the verdict.
        has_writer: Whether a model wrote proposals.
    """
    needed, raced = cases_needed(result), raced_of(result, measured)
    more_cases = _more_cases(result, needed, golden_cases, held_out)
    wins, losses = _case_changes(result)
    return Explanation(
        messages=()
        if result.candidate is None
        else message_changes(base.messages, result.candidate.prompt.messages),
        wins=wins,
        losses=losses,
        quantities=() if result.best is None else quantity_changes(result.base, result.best),
        raced=raced,
        lineage=_lineage(result),
        suggestions=tuple(_suggestions(result, raced)),
        cases_needed=needed,
        more_cases=more_cases,
        next_steps=tuple(_next_steps(result, more_cases, has_writer=has_writer)),
    )


def message_changes(
    before: Sequence[MessageTemplate], after: Sequence[MessageTemplate]
) -> tuple[MessageChange, ...]:
    """The messages that differ, each as a unified diff; equal ones are matched up first."""
    old = [(message.role, message.content) for message in before]
    new = [(message.role, message.content) for message in after]
    found: list[MessageChange] = []
    for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        pairs = min(i_end - i, j_end - j)
        if [role for role, _ in old[i : i + pairs]] != [role for role, _ in new[j : j + pairs]]:
            pairs = 0
        found += [_message(j + k + 1, old[i + k], new[j + k]) for k in range(pairs)]
        found += [_message(place + 1, old[place], None) for place in range(i + pairs, i_end)]
        found += [_message(place + 1, None, new[place]) for place in range(j + pairs, j_end)]
    return tuple(found)


def _message(place: int, old: tuple[str, str] | None, new: tuple[str, str] | None) -> MessageChange:
    role = (new or old or ("", ""))[0]
    lines = unified_diff(
        [] if old is None else old[1].splitlines(),
        [] if new is None else new[1].splitlines(),
        fromfile=f"message {place} ({role})",
        tofile=f"message {place} ({role})",
        lineterm="",
    )
    return MessageChange(role=role, place=place, diff="\n".join(lines))


def quantity_changes(base: Evaluation, new: Evaluation) -> tuple[QuantityChange, ...]:
    """What a call takes, before and after, over the cases that both answered."""
    return tuple(
        QuantityChange(
            quantity=name,
            before=float(getattr(base, f"{name}_mean")),
            after=float(getattr(new, f"{name}_mean")),
            change=change(base, new, name),
        )
        for name in QUANTITIES
    )


def _case_changes(
    result: OptimizeResult,
) -> tuple[tuple[CaseChange, ...], tuple[CaseChange, ...]]:
    comparison, best = result.comparison, result.best
    if comparison is None or best is None:
        return (), ()
    before, after = result.base.values(result.metric), best.values(result.metric)
    earlier = {case.case_id: case.answer for case in result.base.cases}
    later = {case.case_id: case.answer for case in best.cases}

    def changes(ids: Sequence[str]) -> tuple[CaseChange, ...]:
        return tuple(
            CaseChange(
                case=each,
                base_score=before[each],
                new_score=after[each],
                base_answer=earlier[each],
                new_answer=later[each],
            )
            for each in ids
        )

    return changes(comparison.wins), changes(comparison.losses)


def _lineage(result: OptimizeResult) -> tuple[Ancestor, ...]:
    if result.candidate is None:
        return ()
    known = {each.digest: each for each in result.tried}
    base = Ancestor(digest=result.subject, proposer="", reason="the wording in use", parents=())
    finalist = result.candidate
    found = {
        finalist.digest: Ancestor(
            digest=finalist.digest,
            proposer=finalist.proposer,
            reason=finalist.reason,
            parents=finalist.parents or (result.subject,),
        )
    }
    waiting = list(finalist.parents)
    while waiting:
        each = known.get(waiting.pop(0))
        if each is not None and each.digest not in found:
            found[each.digest] = Ancestor(
                digest=each.digest,
                proposer=each.proposer,
                reason=each.reason,
                parents=each.parents or (result.subject,),
            )
            waiting += each.parents
    return (*found.values(), base)


def cases_needed(result: OptimizeResult) -> int | None:
    """Held-out cases that would probably show what the best wording did, were it real.

    For a gain: cases for 80 % power at the difference seen (normal form); when nothing was tested,
    at what is believable of the best gain in the race. For no loss: cases at which the rates of
    wins and losses seen rule the margin out. None when it is shown, when there is nothing to show,
    or when more than five thousand would be needed.
    """
    judgment = result.judgment
    if judgment is None or result.best is None:
        gains = (believable(each.dev_gain, each.dev_cases) for each in result.tried)
        return _cases_for_gain(max(gains, default=0.0), spread=0.5)
    if judgment.shown:
        return None
    comparison = judgment.comparison
    if judgment.claim == "less":
        return _cases_for_no_loss(
            len(comparison.wins), len(comparison.losses), comparison.pairs, comparison.margin
        )
    before, after = result.base.values(result.metric), result.best.values(result.metric)
    spread = pstdev([after[each] - before[each] for each in before if each in after])
    needed = _cases_for_gain(comparison.difference.estimate, spread=max(spread, _LEAST_SD))
    return None if needed is None else max(needed, comparison.pairs + 1)


def _cases_for_gain(gain: float, *, spread: float) -> int | None:
    if gain <= 0:
        return None
    count = math.ceil((minimum_detectable_effect(1, sd=spread) / gain) ** 2)
    return count if count <= _MOST_CASES else None


def _cases_for_no_loss(wins: int, losses: int, pairs: int, margin: float) -> int | None:
    if losses - wins >= margin * pairs:
        return None
    count = pairs
    while count <= _MOST_CASES:
        count = max(count + 1, math.ceil(count * 1.1))
        scaled = (round(wins * count / pairs), math.ceil(losses * count / pairs))
        if p_not_worse(*scaled, count, margin) < ALPHA:
            return count
    return None


def _suggestions(result: OptimizeResult, raced: Sequence[Raced]) -> Iterator[Suggestion]:
    """The single changes that ran, and helped, or saved without losing more than a case."""
    for each in raced:
        single = not each.parents or set(each.parents) == {result.subject}
        saves = each.saved.high <= -_LEAST_SAVING and each.gain.estimate >= -1.0 / each.cases
        if not single or not (each.gain.estimate > 0 or saves):
            continue
        gain = each.gain
        yield Suggestion(
            text=(
                f"{each.reason}: {100 * each.saved.estimate:+.0f}% input tokens, {result.metric} "
                f"{gain.estimate:+.2f} [{gain.low:+.2f}, {gain.high:+.2f}] on {each.cases} cases "
                "that helped to choose"
            ),
            digest=each.digest,
            proposer=each.proposer,
        )


def _more_cases(
    result: OptimizeResult, needed: int | None, golden_cases: int, held_out: int
) -> str:
    pairs = held_out if result.comparison is None else result.comparison.pairs
    if needed is None or not 0 < pairs < needed:
        return ""
    whole = math.ceil(golden_cases * needed / pairs)
    return (
        f"add golden cases: about {needed:,} would show the best wording's effect, were it real "
        f"({whole:,} in all); the verdict has {pairs} of {golden_cases} now"
    )


def _next_steps(result: OptimizeResult, more_cases: str, *, has_writer: bool) -> Iterator[str]:
    if result.verdict == "improved":
        yield "look at the proposal, then accept or reject it"
        return
    if result.verdict == "budget-exhausted":
        yield "run it again with a larger budget: the answers so far are kept and cost nothing"
    if more_cases:
        yield more_cases
    judgment = result.judgment
    if judgment is not None and judgment.claim == "less":
        loss = -judgment.comparison.lower_bound
        if judgment.comparison.margin < loss < 1:
            yield f"if a loss of {loss:.2f} is acceptable, allow it: --margin {loss:.2f}"
    if not has_writer:
        yield "name a model that writes wordings: llm.proposer in promptops.toml"
    if judgment is None and result.goal == "accuracy":
        yield "look for less instead: --goal shorter"
