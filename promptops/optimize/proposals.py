"""From a result to a proposal that a person accepts or rejects."""

from dataclasses import asdict

from promptops.core.canonical import JSON, digest
from promptops.core.clock import Clock
from promptops.optimize.explaining import Explanation, explain
from promptops.optimize.result import OptimizeResult
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Prompt
from promptops.prompts.proposals import Proposal
from promptops.prompts.resolve import resolve


def to_proposal(
    result: OptimizeResult,
    file: PromptFile,
    clock: Clock,
    explanation: Explanation | None = None,
    *,
    seed: int = 0,
) -> Proposal | None:
    """The proposal to take the better wording as the prompt's next version, if there is one.

    The wording that ran changes (the prompt's own, or the target's variant); all others stay.

    Args:
        result: What was found.
        file: The prompt.
        clock: Dates the proposal.
        explanation: What the result means; worked out when not given.
        seed: Seed of the search, for the record.
    """
    if result.verdict != "improved" or result.candidate is None:
        return None
    told = explanation or explain(
        result,
        resolve(file.prompt, result.target.variant),
        measured={},
        golden_cases=0,
        held_out=0,
        has_writer=True,
    )
    return Proposal.of(
        file,
        with_wording(file.prompt, result.target.variant, result.candidate.prompt),
        kind="optimize",
        title=_title(result),
        summary=result.reason,
        evidence=evidence_of(result, told, seed=seed),
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


def evidence_of(result: OptimizeResult, explanation: Explanation, *, seed: int) -> dict[str, JSON]:
    """What a reviewer needs: the change, the numbers, cases won and lost, what the search took.

    ``keys`` finds the measurements in the evidence store: the wordings' digests, the model and
    the result's own digest.
    """
    assert result.judgment is not None
    return {
        "goal": result.goal,
        "metric": result.metric,
        "target": result.target.name,
        "held_out": result.judgment.to_json(),
        **explanation.to_json(),
        "examples": [] if result.candidate is None else list(result.candidate.examples),
        "search": asdict(result.spent),
        "seed": seed,
        "tried": len(result.tried),
        "keys": {
            "base": result.subject,
            "new": "" if result.candidate is None else result.candidate.digest,
            "result": digest(result.to_json()),
        },
    }


def _title(result: OptimizeResult) -> str:
    assert result.judgment is not None
    if result.judgment.claim == "better":
        gain = result.judgment.comparison.difference.estimate
        return f"{result.metric} {gain:+.2f} on held-out cases"
    saving = result.judgment.saving.estimate
    return f"no loss of {result.metric}, {saving:+.0f} {result.judgment.quantity} a call"
