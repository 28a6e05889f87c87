"""Proposed new versions: written by machines, accepted or rejected by people.

A proposal is a file. Accepting it replaces the prompt file, keeps the old text in the history and
moves the proposal to ``accepted/``; rejecting moves it to ``rejected/``. Every step can be repeated
after a crash, and a settled proposal is never made again: its id comes from what it changes.
"""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from promptops.core.files import storage_refusals, write_atomic
from promptops.core.locking import folder_lock
from promptops.core.suggest import did_you_mean
from promptops.errors import ProposalError, StorageError, UnknownProposalError
from promptops.prompts.digests import semantic_digest, variable_meaning
from promptops.prompts.model import Prompt, Variable
from promptops.prompts.proposal_files import (
    SUFFIX,
    Proposal,
    ProposalKind,
    State,
    dump_proposal,
    proposal_id,
    read_proposal,
)
from promptops.prompts.registry import Registry
from promptops.prompts.versions import next_version
from promptops.prompts.writing import save_prompt

__all__ = ["SUFFIX", "Proposal", "ProposalKind", "ProposalStore", "State", "proposal_id"]

_STATES: tuple[State, ...] = ("open", "accepted", "rejected")
_BEHAVIOR = ("messages", "output", "model", "variants", "retrieval")


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
        write_atomic(path, dump_proposal(proposal))
        return path

    def load_all(
        self, state: State = "open"
    ) -> tuple[tuple[Proposal, ...], tuple[ProposalError, ...]]:
        """The proposals in a state, the oldest first, and an error for every file that is none.

        Raises:
            StorageError: The folder cannot be read.
        """
        found, broken = [], []
        for path in _files(self.path("x", state).parent):
            try:
                found.append(read_proposal(path, state))
            except ProposalError as problem:
                broken.append(problem)
        found.sort(key=lambda proposal: (proposal.created_at, proposal.id))
        return tuple(found), tuple(broken)

    def list(self, state: State = "open") -> tuple[Proposal, ...]:
        """The proposals in a state, the oldest first.

        Raises:
            ProposalError: A file is not a proposal.
        """
        found, broken = self.load_all(state)
        if broken:
            raise broken[0]
        return found

    def get(self, proposal_id: str) -> Proposal:
        """One proposal, in whatever state.

        Raises:
            ProposalError: None has this id, its file is not a proposal, or it was edited.
        """
        state = self.state_of(proposal_id)
        return read_proposal(self.path(proposal_id, state), state)

    def state_of(self, proposal_id: str) -> State:
        """Whether a proposal waits, or how it was settled; its file is not read.

        Raises:
            ProposalError: None has this id.
        """
        # The id comes from a command line: it must not be a path to somewhere else.
        if self.path(proposal_id).name == f"{proposal_id}{SUFFIX}":
            # Settled counts first: a crash may have left the open file behind.
            for state in reversed(_STATES):
                if self.path(proposal_id, state).is_file():
                    return state
        known = [path.name.removesuffix(SUFFIX) for path in self.folder.glob(f"*{SUFFIX}")]
        raise UnknownProposalError(
            f'no proposal is called "{proposal_id}"',
            hint=did_you_mean(proposal_id, known) or "run `promptops proposals list`",
        )

    def is_settled(self, proposal_id: str) -> bool:
        """Whether a proposal was accepted or rejected: it is not made again."""
        return any(self.path(proposal_id, state).exists() for state in ("accepted", "rejected"))

    def is_stale(self, proposal: Proposal, registry: Registry) -> bool:
        """Whether the prompt is gone or has changed, so that this cannot be accepted."""
        return bool(self.stale([proposal], registry))

    def stale(self, proposals: Iterable[Proposal], registry: Registry) -> frozenset[str]:
        """The ids of the proposals that cannot be accepted because their prompt has changed.

        A prompt that is gone or cannot be read has changed too.
        """
        chosen = tuple(proposals)
        files = registry.readable({proposal.prompt_id for proposal in chosen})
        now = {name: semantic_digest(file.prompt) for name, file in files.items()}
        return frozenset(
            proposal.id
            for proposal in chosen
            if now.get(proposal.prompt_id)
            not in (proposal.base_digest, semantic_digest(proposal.new_prompt))
        )

    def base(self, proposal: Proposal, registry: Registry) -> Prompt | None:
        """The prompt as it was when the proposal was made, if its text is still kept."""
        file = registry.readable({proposal.prompt_id}).get(proposal.prompt_id)
        if file is None:
            return None
        for kept in (file, *registry.texts_of(file, proposal.base_version)):
            if semantic_digest(kept.prompt) == proposal.base_digest:
                return kept.prompt
        return None

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
            self._remove_open(proposal.id)
            return file.path
        if proposal.state == "rejected":
            why = f": {proposal.reason}" if proposal.reason else ""
            raise ProposalError(f'"{proposal.id}" was rejected{why}')
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
            state = self.state_of(proposal_id)
            if state == "accepted":
                raise ProposalError(
                    f'"{proposal_id}" was accepted before', hint="edit the prompt to go back"
                )
            if state == "open":
                self._reject(proposal_id, reason)
            self._remove_open(proposal_id)
        return self.path(proposal_id, "rejected")

    def _reject(self, proposal_id: str, reason: str) -> None:
        try:
            proposal = self.get(proposal_id)
        except ProposalError as problem:
            # What cannot be read is put aside as it is, with the reason above it.
            note = " ".join(f"{reason or 'no reason given'}; {problem.message}".split())
            path = self.path(proposal_id)
            with storage_refusals(path):
                content = path.read_bytes()
            write_atomic(
                self.path(proposal_id, "rejected"), f"# rejected: {note}\n".encode() + content
            )
        else:
            self._settle(replace(proposal, state="rejected", reason=reason))

    def _settle(self, proposal: Proposal) -> None:
        write_atomic(self.path(proposal.id, proposal.state), dump_proposal(proposal))
        self._remove_open(proposal.id)

    def _remove_open(self, proposal_id: str) -> None:
        path = self.path(proposal_id)
        with storage_refusals(path):
            path.unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    try:
        # Not glob(): it takes a folder that may not be read for an empty one.
        names = os.listdir(folder)  # noqa: PTH208 - a list, not an iterator that fails later
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise StorageError(f"cannot be read: {problem.strerror}", where=str(folder)) from problem
    return [folder / name for name in sorted(names) if name.endswith(SUFFIX)]


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
