"""From a result to a proposal that a person accepts or rejects."""

from dataclasses import asdict

from promptops.core.canonical import JSON
from promptops.core.clock import Clock
from promptops.evaluation.result import Evaluation
from promptops.optimize.result import OptimizeResult
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Prompt
from promptops.prompts.proposals import Proposal


def to_proposal(result: OptimizeResult, file: PromptFile, clock: Clock) -> Proposal | None:
    """The proposal to take the better wording as the prompt's next version, if there is one.

    The wording that ran changes (the prompt's own, or the target's variant); all others stay.
    """
    if result.verdict != "improved" or result.candidate is None:
        return None
    return Proposal.of(
        file,
        with_wording(file.prompt, result.target.variant, result.candidate.prompt),
        kind="optimize",
        title=_title(result),
        summary=result.reason,
        evidence=evidence_of(result),
        clock=clock,
    )


def with_wording(prompt: Prompt, variant: str | None, wording: Prompt) -> Prompt:
    """The prompt with its own wording, or that of one variant, replaced.

    Raises:
        UnknownPromptError: The prompt has no such variant.
    """
    if variant is None:
        return prompt.replace(messages=wording.messages, model=wording.model)
    old = prompt.variant(variant)
    changed = {
        name: value for name, value in wording.params.items() if prompt.params.get(name) != value
    }
    new = old.model_copy(update={"messages": wording.messages, "params": changed})
    return prompt.replace(variants=tuple(new if each == old else each for each in prompt.variants))


def evidence_of(result: OptimizeResult) -> dict[str, JSON]:
    """What a reviewer needs: the numbers, cases won and lost, what the search took."""
    assert result.judgment is not None
    assert result.best is not None
    comparison = result.judgment.comparison
    before, after = result.base.values(result.metric), result.best.values(result.metric)
    answers = {case.case_id: case.answer for case in result.best.cases}
    earlier = {case.case_id: case.answer for case in result.base.cases}
    return {
        "goal": result.goal,
        "metric": result.metric,
        "target": result.target.name,
        "held_out": result.judgment.to_json(),
        "base": _numbers(result.base),
        "new": _numbers(result.best),
        "changed_cases": [
            {
                "case": case_id,
                "base_score": before[case_id],
                "new_score": after[case_id],
                "base_answer": earlier[case_id],
                "new_answer": answers[case_id],
            }
            for case_id in (*comparison.losses, *comparison.wins)
        ],
        "examples": [] if result.candidate is None else list(result.candidate.examples),
        "spent": asdict(result.spent),
        "tried": len(result.tried),
    }


def _numbers(evaluation: Evaluation) -> dict[str, float]:
    return {
        "input_tokens": evaluation.input_tokens_mean,
        "output_tokens": evaluation.output_tokens_mean,
        "cost_usd": evaluation.cost_usd_mean,
        "latency_ms": evaluation.latency_ms_mean,
    }


def _title(result: OptimizeResult) -> str:
    assert result.judgment is not None
    if result.judgment.claim == "better":
        gain = result.judgment.comparison.difference.estimate
        return f"{result.metric} {gain:+.2f} on held-out cases"
    saving = result.judgment.saving.estimate
    return f"no loss of {result.metric}, {saving:+.0f} {result.judgment.quantity} a call"
