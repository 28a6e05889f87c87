"""Proposed new versions: written by machines, accepted or rejected by people.

A proposal is a file. Accepting it replaces the prompt file, keeps the old text in the history and
moves the proposal to ``accepted/``; rejecting moves it to ``rejected/``. Every step can be repeated
after a crash, and a settled proposal is never made again: its id comes from what it changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from promptops.core.canonical import JSON, digest
from promptops.core.clock import Clock, iso
from promptops.core.files import read_text, storage_refusals, write_atomic
from promptops.core.locking import folder_lock
from promptops.core.suggest import did_you_mean
from promptops.errors import ProposalError
from promptops.prompts.digests import semantic_digest, variable_meaning
from promptops.prompts.emitter import emit
from promptops.prompts.fields import JsonMap, SemVer, Slug
from promptops.prompts.loader import PromptFile, parse_prompt
from promptops.prompts.model import Prompt, Variable
from promptops.prompts.registry import Registry
from promptops.prompts.schema_errors import validate
from promptops.prompts.strict_yaml import read_yaml
from promptops.prompts.versions import next_version
from promptops.prompts.writing import dump_prompt, save_prompt

SUFFIX = ".proposal.yaml"
ProposalKind = Literal["optimize", "rewrite", "rebind"]
State = Literal["open", "accepted", "rejected"]
_STATES: tuple[State, ...] = ("open", "accepted", "rejected")
_MAX_BYTES = 4 * 1024 * 1024
_BEHAVIOR = ("messages", "output", "model", "variants", "retrieval")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A new version of a prompt, with the reasons for it.

    Attributes:
        id: Derived from the prompt and what changes: see `proposal_id`.
        prompt_id: The prompt.
        base_digest: Semantic digest of the version it starts from.
        base_version: That version.
        kind: What made it.
        title: One line.
        summary: What changed and why, for a reviewer.
        new_prompt: The whole new prompt, its version already raised.
        evidence: What was measured; JSON.
        created_at: UTC, as `iso` writes it.
        state: Whether it waits, or how it was settled.
        reason: Why it was rejected.
    """

    id: str
    prompt_id: str
    base_digest: str
    base_version: str
    kind: ProposalKind
    title: str
    summary: str
    new_prompt: Prompt
    evidence: Mapping[str, JSON] = field(default_factory=dict)
    created_at: str = ""
    state: State = "open"
    reason: str = ""

    @classmethod
    def of(
        cls,
        file: PromptFile,
        new_prompt: Prompt,
        *,
        kind: ProposalKind,
        title: str,
        summary: str,
        evidence: Mapping[str, JSON],
        clock: Clock,
    ) -> Self:
        """A proposal to change a prompt file; the id and the new version are worked out."""
        version = next_version(file.prompt, new_prompt)
        new = new_prompt.replace(version=version, id=file.prompt.id)
        base = semantic_digest(file.prompt)
        return cls(
            id=proposal_id(file.prompt.id, base, new, kind),
            prompt_id=file.prompt.id,
            base_digest=base,
            base_version=file.prompt.version,
            kind=kind,
            title=title,
            summary=summary,
            new_prompt=new,
            evidence=evidence,
            created_at=iso(clock()),
        )


def proposal_id(prompt_id: str, base_digest: str, new_prompt: Prompt, kind: str) -> str:
    """The same change of the same version always has the same id: ``<prompt>-<kind>-<12 hex>``."""
    mark = digest([prompt_id, base_digest, semantic_digest(new_prompt)])
    return f"{prompt_id}-{kind}-{mark.removeprefix('sha256:')[:12]}"


class ProposalStore:
    """The proposals of a workspace: open ones in the folder, settled ones in two below it."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when something is written."""
        self.folder = folder

    def path(self, proposal_id: str, state: State = "open") -> Path:
        """Where a proposal is kept in a state."""
        folder = self.folder if state == "open" else self.folder / state
        return folder / f"{proposal_id}{SUFFIX}"

    def write(self, proposal: Proposal) -> Path:
        """Keep a proposal; one that is there already, open or settled, is left as it is.

        Raises:
            StorageError: It cannot be written.
        """
        for state in _STATES:
            path = self.path(proposal.id, state)
            if path.exists():
                return path
        path = self.path(proposal.id)
        write_atomic(path, _dump(proposal))
        return path

    def list(self, state: State = "open") -> tuple[Proposal, ...]:
        """The proposals in a state, the oldest first.

        Raises:
            ProposalError: A file is not a proposal.
        """
        folder = self.path("x", state).parent
        found = [_read(path, state) for path in sorted(folder.glob(f"*{SUFFIX}"))]
        return tuple(sorted(found, key=lambda proposal: (proposal.created_at, proposal.id)))

    def get(self, proposal_id: str) -> Proposal:
        """One proposal, in whatever state.

        Raises:
            ProposalError: None has this id, or its file is not a proposal.
        """
        for state in _STATES:
            path = self.path(proposal_id, state)
            # The id comes from a command line: it must not be a path to somewhere else.
            if path.name == f"{proposal_id}{SUFFIX}" and path.is_file():
                return _read(path, state)
        known = [path.name.removesuffix(SUFFIX) for path in self.folder.glob(f"*{SUFFIX}")]
        raise ProposalError(
            f'no proposal is called "{proposal_id}"',
            hint=did_you_mean(proposal_id, known) or "run `promptops proposals list`",
        )

    def is_settled(self, proposal_id: str) -> bool:
        """Whether a proposal was accepted or rejected: it is not made again."""
        return any(self.path(proposal_id, state).exists() for state in ("accepted", "rejected"))

    def is_stale(self, proposal: Proposal, registry: Registry) -> bool:
        """Whether the prompt has changed since, so that the proposal cannot be accepted."""
        current = registry.get(proposal.prompt_id).prompt
        return semantic_digest(current) not in (
            proposal.base_digest,
            semantic_digest(proposal.new_prompt),
        )

    def accept(self, proposal_id: str, registry: Registry) -> Path:
        """Make a proposal the prompt's new version; accepting it again changes nothing.

        What the proposal does not speak of (title, tags, owner, evals, comments, …) stays as the
        file has it now.

        Returns:
            The prompt file.

        Raises:
            ProposalError: Unknown, rejected, or made for another version than the current one.
            UnknownPromptError: The prompt is gone.
            StorageError: A file cannot be written; what was done so far is done again next time.
        """
        with folder_lock(self.folder):
            return self._accept(self.get(proposal_id), registry)

    def _accept(self, proposal: Proposal, registry: Registry) -> Path:
        file = registry.get(proposal.prompt_id)
        if proposal.state == "accepted":
            return file.path
        if proposal.state == "rejected":
            raise ProposalError(f'"{proposal.id}" was rejected: {proposal.reason}')
        merged = _merged(file.prompt, proposal.new_prompt)
        current = semantic_digest(file.prompt)
        # After a crash between the two steps the file already says what the proposal wants.
        if current != semantic_digest(merged):
            if current != proposal.base_digest:
                raise ProposalError(
                    f"{proposal.prompt_id} has changed since {proposal.base_version}, "
                    "for which this was made",
                    where=str(file.path),
                    hint="reject it: the next nightly run starts from the current version",
                )
            write_atomic(registry.free_history_path(file), file.text)
            save_prompt(merged, file.path, like=file)
        self._settle(replace(proposal, state="accepted"))
        return file.path

    def reject(self, proposal_id: str, reason: str) -> Path:
        """Settle a proposal without following it; it is not made again.

        Returns:
            Where the rejected proposal is kept.

        Raises:
            ProposalError: Unknown, or accepted before.
            StorageError: It cannot be written.
        """
        with folder_lock(self.folder):
            proposal = self.get(proposal_id)
            if proposal.state == "accepted":
                raise ProposalError(
                    f'"{proposal_id}" was accepted before', hint="edit the prompt to go back"
                )
            if proposal.state == "open":
                self._settle(replace(proposal, state="rejected", reason=reason))
        return self.path(proposal_id, "rejected")

    def _settle(self, proposal: Proposal) -> None:
        write_atomic(self.path(proposal.id, proposal.state), _dump(proposal))
        open_path = self.path(proposal.id)
        with storage_refusals(open_path):
            open_path.unlink(missing_ok=True)


def _merged(current: Prompt, new: Prompt) -> Prompt:
    """The current prompt with the behavior of the new one."""
    variables: dict[str, Variable] = {}
    for name, variable in new.variables.items():
        now = current.variables.get(name)
        same = now is not None and variable_meaning(now) == variable_meaning(variable)
        variables[name] = now if same and now is not None else variable
    changes = {name: getattr(new, name) for name in _BEHAVIOR}
    changes["extra"] = {**new.extra, **current.extra}
    merged = current.replace(variables=variables, **changes)
    return merged.replace(version=next_version(current, merged))


class _Base(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    version: SemVer
    digest: str


class _ProposalFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    api_version: Literal["promptops/v1"] = Field(alias="apiVersion")
    kind: Literal["Proposal"]
    id: str
    prompt: Slug
    change: ProposalKind
    title: str
    summary: str = ""
    base: _Base
    created_at: str = ""
    reason: str = ""
    evidence: JsonMap = Field(default_factory=dict)
    new_prompt: str


def _dump(proposal: Proposal) -> str:
    document: dict[str, JSON] = {
        "apiVersion": "promptops/v1",
        "kind": "Proposal",
        "id": proposal.id,
        "prompt": proposal.prompt_id,
        "change": proposal.kind,
        "title": proposal.title,
        "summary": proposal.summary,
        "base": {"version": proposal.base_version, "digest": proposal.base_digest},
        "created_at": proposal.created_at,
        **({"reason": proposal.reason} if proposal.reason else {}),
        "evidence": dict(proposal.evidence),
        # As text, so that a reviewer reads the file that will be written.
        "new_prompt": dump_prompt(proposal.new_prompt),
    }
    return emit(document, block=lambda path: path == ("evidence",))


def _read(path: Path, state: State) -> Proposal:
    text = read_text(path, ProposalError)
    found = validate(read_yaml(text, str(path), max_bytes=_MAX_BYTES), _ProposalFile)
    return Proposal(
        id=found.id,
        prompt_id=found.prompt,
        base_digest=found.base.digest,
        base_version=found.base.version,
        kind=found.change,
        title=found.title,
        summary=found.summary,
        new_prompt=parse_prompt(found.new_prompt, f"{path} new_prompt").prompt,
        evidence=found.evidence,
        created_at=found.created_at,
        state=state,
        reason=found.reason,
    )
