"""The question of one optimization."""

from collections.abc import Callable
from dataclasses import dataclass

from promptops.evaluation.target import Target
from promptops.golden.case import GoldenCase
from promptops.llm.chat import Chat
from promptops.optimize.candidate import Proposer
from promptops.optimize.goals import Goal
from promptops.optimize.plan import Plan
from promptops.optimize.trials import Trials
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The question of one optimization.

    Args:
        prompt: The wording in use, as its own (no variants).
        target: What it runs on.
        goal: What is wanted.
        metric: What counts.
        kb_label: Label of the knowledge base in use.
        train: Cases to learn from.
        dev: Cases to select by, in an order in which every beginning is like the whole.
        test: Held-out cases.
        trials: Measures.
        tell: Told what happens, in words.
        plan: How much to look at.
        proposers: Who proposes.
        writer: A model that writes, or None.
        writer_model: Its id.
        looks: Verdicts for this goal on these held-out cases, this one included: another seed is
            another draw, and the best of several draws is no single one.
    """

    prompt: Prompt
    target: Target
    goal: Goal
    metric: str
    kb_label: str | None
    train: tuple[GoldenCase, ...]
    dev: tuple[GoldenCase, ...]
    test: tuple[GoldenCase, ...]
    trials: Trials
    tell: Callable[[str], None]
    plan: Plan
    proposers: tuple[Proposer, ...]
    writer: Chat | None
    writer_model: str
    looks: int = 1

    @property
    def subject(self) -> str:
        """Variant digest of the wording in use."""
        return variant_digest(self.prompt, None)
