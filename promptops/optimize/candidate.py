"""What proposers get and give, and the table of proposers by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from promptops.core.backends import load_backend
from promptops.evaluation.result import Evaluation
from promptops.golden.case import GoldenCase
from promptops.llm.chat import Chat
from promptops.optimize.goals import Goal
from promptops.prompts.digests import variant_digest
from promptops.prompts.model import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One wording that might be better.

    Args:
        prompt: The whole prompt with this wording as its own (no variants).
        proposer: Name of who proposed it.
        reason: What was changed and why, in plain words.
        parents: Digests of the wordings it was made of; the base's for a first proposal.
        examples: Ids of the training cases that it shows as solved examples.
        learned_from: Ids of all training cases that anything in it comes from, examples included.
            The others can tell how good it is.
    """

    prompt: Prompt
    proposer: str
    reason: str
    parents: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    learned_from: tuple[str, ...] = ()
    digest: str = field(init=False)
    """Identity of the wording."""

    def __post_init__(self) -> None:
        """Work out the identity once: it is asked for in every comparison."""
        object.__setattr__(self, "digest", variant_digest(self.prompt, None))


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeTask:
    """All that a proposer may look at: never a dev or test case.

    Args:
        prompt: The wording in use, as its own (no variants).
        train: Solved cases to learn from and to show.
        base: How the wording in use does on ``train``.
        metric: What counts.
        goal: What is wanted.
        kb_label: Label of the knowledge base in use, which decides what is expected.
        seed: Seed of every choice.
        keep: Sentences that must stay word for word.
        writer: A model that writes, for proposers that need one.
        writer_model: Its id.
    """

    prompt: Prompt
    train: tuple[GoldenCase, ...]
    base: Evaluation
    metric: str
    goal: Goal
    kb_label: str | None = None
    seed: int = 7
    keep: tuple[str, ...] = ()
    writer: Chat | None = None
    writer_model: str = ""


class Proposer(Protocol):
    """Proposes wordings; deterministic for one task, apart from what a model writes.

    What breaks the prompt's contract is dropped before it is measured (`contract`), so a
    proposer need not be careful about it. One with ``reflects = True`` is asked again, for the
    best wording of the race and the mistakes that it still makes. One with ``saves = True`` only
    takes words away, and is asked only where less is wanted.
    """

    @property
    def name(self) -> str:
        """The proposer's name."""
        ...

    @property
    def cost(self) -> int:
        """Model calls that one proposal round may take."""
        ...

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """Wordings worth measuring, best guess first.

        Raises:
            PromptOpsError: A model call failed.
        """
        ...


_HERE = "promptops.optimize.proposers"

PROPOSERS: Mapping[str, str] = {
    "few_shot": f"{_HERE}.few_shot:FewShot",
    "label_descriptions": f"{_HERE}.label_descriptions:LabelDescriptions",
    "output_contract": f"{_HERE}.output_contract:OutputContract",
    "structure": f"{_HERE}.structure:Structure",
    "compression": f"{_HERE}.compression:Compression",
    "deletion": f"{_HERE}.deletion:Deletion",
    "fewer_examples": f"{_HERE}.fewer_examples:FewerExamples",
    "example_order": f"{_HERE}.example_order:ExampleOrder",
    "instructions": f"{_HERE}.instructions:Instructions",
    "llm_rewrite": f"{_HERE}.llm_rewrite:LLMRewrite",
}
"""Our proposers: name -> class. Installed packages add theirs under the entry point group
``promptops.proposer``."""


def load_proposer(name: str, **arguments: Any) -> Proposer:
    """Make the proposer called ``name``.

    Raises:
        UnknownBackendError: No proposer has that name.
    """
    return cast("Proposer", load_backend("proposer", name, PROPOSERS)(**arguments))
