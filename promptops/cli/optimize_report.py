"""An optimization on a terminal: what it found, in an order in which a person decides."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from promptops.cli.output import emit_table, emit_text
from promptops.core.counting import counted

if TYPE_CHECKING:
    from promptops.core.statistics import Interval
    from promptops.operations.optimization import Optimized
    from promptops.optimize.explaining import CaseChange

_VERDICTS = {
    "improved": "improved",
    "no-safe-improvement": "no safe improvement found",
    "budget-exhausted": "the budget ended before anything was shown",
    "unproven": "the best found, not proven",
}
_UNITS = {
    "input_tokens": "input tokens",
    "output_tokens": "output tokens",
    "cost_usd": "USD a call",
    "latency_ms": "ms a call",
}
_CASES_SHOWN = 10
_ANSWER = 60


def show(found: "Optimized", *, new_calls: int, proposed: bool) -> None:
    """Print an optimization.

    Args:
        found: What it found.
        new_calls: Model calls that were made now.
        proposed: Whether a proposal was to be written.
    """
    result = found.result
    emit_text(f"{result.prompt_id}: {_VERDICTS[result.verdict]} (goal {result.goal})")
    emit_text(f"  {result.reason}")
    _numbers(found)
    _wording(found)
    _cases("won", found.explanation.wins)
    _cases("lost", found.explanation.losses)
    _tried(found)
    _lines("Worth a look", [each.text for each in found.explanation.suggestions])
    steps = list(found.explanation.next_steps)
    if found.proposal is not None:
        steps = [f"promptops proposals show {found.proposal.id}"]
    elif result.verdict == "improved":
        steps = ["the same proposal was settled before" if proposed else "run without --dry-run"]
    _lines("Next", steps)
    emit_text("")
    spent, known = result.spent, "found in the evidence, " if result.from_evidence else ""
    emit_text(
        f"{known}{counted(new_calls, 'new call')}; the search took {spent.answers:,} answers, "
        f"{spent.input_tokens + spent.output_tokens:,} tokens, ${spent.usd:,.2f}, "
        f"{spent.seconds:.0f} s"
    )


def _numbers(found: "Optimized") -> None:
    scores, comparison = found.scores, found.result.comparison
    if comparison is None:
        if "before" in scores:
            emit_text(f"  {found.metric} in use {scores['before']}")
        return
    rows: list[tuple[object, ...]] = [
        (found.metric, *scores.values(), _signed(comparison.difference, 2), "")
    ]
    for each in found.explanation.quantities:
        digits = 5 if each.quantity == "cost_usd" else 1
        if each.before or each.after:
            share = "" if each.share is None else f"{100 * each.share:+.0f}%"
            rows.append(
                (
                    _UNITS[each.quantity],
                    f"{each.before:.{digits}f}",
                    f"{each.after:.{digits}f}",
                    _signed(each.change, digits),
                    share,
                )
            )
    emit_text("")
    emit_table(rows, ("", "before", "after", "change", ""), right=(1, 2, 3, 4))
    loss = f"{found.metric} beyond {-comparison.lower_bound:.2f}"
    emit_text(f"{comparison.pairs} cases; a loss of {loss} is ruled out")


def _signed(interval: "Interval", digits: int) -> str:
    low, high = (f"{value:+.{digits}f}" for value in (interval.low, interval.high))
    return f"{interval.estimate:+.{digits}f} [{low}, {high}]"


def _wording(found: "Optimized") -> None:
    for each in found.explanation.messages:
        emit_text("")
        emit_text(each.diff)
    if len(found.explanation.lineage) > 2:
        names = [each.proposer or "in use" for each in reversed(found.explanation.lineage)]
        emit_text(f"\nMade by {' -> '.join(names)}")


def _cases(title: str, cases: "Sequence[CaseChange]") -> None:
    if not cases:
        return
    emit_text(f"\n{counted(len(cases), 'case')} {title}")
    rows = [
        (
            f"  {each.case}",
            f"{each.base_score:.2f} -> {each.new_score:.2f}",
            _short(each.base_answer),
            _short(each.new_answer),
        )
        for each in cases[:_CASES_SHOWN]
    ]
    emit_table(rows, ("  case", "score", "before", "after"))
    if len(cases) > _CASES_SHOWN:
        emit_text(f"  and {len(cases) - _CASES_SHOWN} more: --format json")


def _short(answer: str) -> str:
    line = " ".join(answer.split())
    return line if len(line) <= _ANSWER else f"{line[: _ANSWER - 1]}…"


def _tried(found: "Optimized") -> None:
    tried, front = found.result.tried, [each for each in found.explanation.raced if each.on_front]
    refused = sum(each.refused is not None for each in tried)
    emit_text(
        f"\n{counted(len(tried), 'wording')} proposed, {len(found.explanation.raced)} ran, "
        f"{refused} refused"
        + ("; no other beats, on cases that helped to choose:" if front else "")
    )
    if not front:
        return
    paid = any(each.cost_usd for each in front)
    rows = [
        (
            f"{each.score:.2f}",
            f"{each.gain.estimate:+.2f} [{each.gain.low:+.2f}, {each.gain.high:+.2f}]",
            each.cases,
            f"{each.input_tokens:.0f}",
            f"{each.output_tokens:.0f}",
            *([f"{each.cost_usd:.5f}"] if paid else []),
            f"{each.latency_ms:.0f}",
            each.proposer,
            _short(each.reason),
        )
        for each in front
    ]
    cost = ["USD"] if paid else []
    heads = ("score", "gain", "cases", "in", "out", *cost, "ms", "by", "what")
    emit_table(rows, heads, right=range(len(heads) - 2))


def _lines(title: str, lines: Sequence[str]) -> None:
    if lines:
        emit_text(f"\n{title}")
    for line in lines:
        emit_text(f"  {line}")
