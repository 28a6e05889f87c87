"""A project: the prompts of a workspace with what stands around them.

Whoever makes one has read the files, asked the version history and resolved the routing policies;
the rules get values and open nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from promptops.golden.case import GoldenCase
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.parsing import parse_file
from promptops.models.card import ModelCard
from promptops.models.dialects import Dialect
from promptops.prompts.loader import PromptFile
from promptops.prompts.model import Prompt

Need = Literal["golden", "policies", "history"]
"""Context that a rule cannot speak without."""

PIPELINE = "x-pipeline"
"""The key of a prompt file that names the pipeline the prompt is a stage of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Context that is there and could not be read: where it is, and why.

    ``prompt_id`` is the prompt whose context it is; empty when it is everyone's.
    """

    need: Need
    where: str
    reason: str
    prompt_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What routing makes of one target for one prompt.

    Attributes:
        policy: The policy that speaks for the prompt, ``name@version``.
        target: ``model`` or ``model#variant``.
        card: The model's card; None when no catalog knows it.
        constraint: The hard constraint that refuses the target; empty when it is admitted.
        reason: Why it is refused.
    """

    policy: str
    target: str
    card: ModelCard | None = None
    constraint: str = ""
    reason: str = ""


class Member:
    """One prompt of a project; it is parsed for linting when a rule first asks.

    Attributes:
        file: The prompt file.
        path: The path that findings carry.
        area: Its folder in the registry, which prompts of one purpose share.
        earlier: The version before this one; None when there is none, or it is the same.
        dialects: What the families of models take; None: what the library knows of them.
    """

    def __init__(
        self,
        *,
        file: PromptFile,
        path: str,
        area: str = "",
        earlier: Prompt | None = None,
        dialects: Mapping[str, Dialect] | None = None,
    ) -> None:
        """Keep the values."""
        self.file = file
        self.path = path
        self.area = area
        self.earlier = earlier
        self.dialects = dialects

    @property
    def prompt(self) -> Prompt:
        """What the file says."""
        return self.file.prompt

    @cached_property
    def parsed(self) -> ParsedPrompt:
        """The prompt with its regions, slots and places."""
        parsed = parse_file(self.file, shown_path=self.path)
        parsed.dialects = self.dialects
        return parsed

    @property
    def pipeline(self) -> str:
        """The pipeline that the file names under ``x-pipeline``; empty when it names none."""
        named = self.prompt.extra.get(PIPELINE)
        return named if isinstance(named, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The prompts and their context.

    Attributes:
        members: Every prompt, in the order of their paths.
        golden: Golden cases by the path that prompt files name them by (``evals[].dataset``);
            sets that do not exist are absent (`promptops check` tells of them).
        routes: What routing makes of each target, by prompt id; a prompt that no policy speaks
            for is absent.
        unread: What could not be read.
    """

    members: tuple[Member, ...]
    golden: Mapping[str, tuple[GoldenCase, ...]] = field(default_factory=dict)
    routes: Mapping[str, tuple[Route, ...]] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()

    def cases(self, prompt: Prompt) -> tuple[tuple[str, GoldenCase], ...]:
        """The golden cases of a prompt, each with the path of its set."""
        paths = dict.fromkeys(item.dataset for item in prompt.evals)
        return tuple((path, case) for path in paths for case in self.golden.get(path, ()))
