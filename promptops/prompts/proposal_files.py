"""What a proposal is, and its file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from promptops.core.canonical import JSON, digest
from promptops.core.clock import Clock, iso
from promptops.core.files import read_text
from promptops.errors import PromptSyntaxError, ProposalError
from promptops.prompts.digests import semantic_digest
from promptops.prompts.emitter import emit
from promptops.prompts.fields import JsonMap, SemVer, Slug
from promptops.prompts.loader import PromptFile, parse_prompt
from promptops.prompts.model import Prompt
from promptops.prompts.schema_errors import validate
from promptops.prompts.strict_yaml import read_yaml
from promptops.prompts.versions import next_version
from promptops.prompts.writing import dump_prompt

SUFFIX = ".proposal.yaml"
ProposalKind = Literal["optimize", "rewrite", "rebind"]
State = Literal["open", "accepted", "rejected"]
_MAX_BYTES = 4 * 1024 * 1024


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
    evidence_digest: str
    new_prompt: str


def evidence_digest(name: str, title: str, summary: str, evidence: Mapping[str, JSON]) -> str:
    """What a reviewer reads about the change that ``name`` stands for, as one digest.

    It shows an edit; it is no signature: who can write the file can write another digest.
    """
    return digest([name, title, summary, dict(evidence)])


def dump_proposal(proposal: Proposal) -> str:
    """The YAML text of a proposal."""
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
        "evidence_digest": evidence_digest(
            proposal.id, proposal.title, proposal.summary, proposal.evidence
        ),
        # As text, so that a reviewer reads the file that will be written.
        "new_prompt": dump_prompt(proposal.new_prompt),
    }
    return emit(document, block=lambda path: path == ("evidence",))


def read_proposal(path: Path, state: State) -> Proposal:
    """Read a proposal and check that it is still what was measured.

    Args:
        path: The file, called after the proposal's id.
        state: What the folder of the file says of it.

    Raises:
        ProposalError: Not a proposal, or edited after it was made.
    """
    name = path.name.removesuffix(SUFFIX)
    if path.exists() and not path.is_file():
        raise ProposalError("not a regular file", where=str(path))
    text = read_text(path, ProposalError)
    try:
        found = validate(read_yaml(text, str(path), max_bytes=_MAX_BYTES), _ProposalFile)
        new_prompt = parse_prompt(found.new_prompt, f"{path} new_prompt").prompt
    except PromptSyntaxError as problem:
        raise ProposalError(
            problem.message, where=problem.where, hint=problem.hint or _how_to_reject(name)
        ) from problem
    if found.id != name:
        raise ProposalError(
            f'the file is called {path.name} but its id is "{found.id}"',
            where=str(path),
            hint=_how_to_reject(name),
        )
    # The evidence is of this wording of this version: with another it would prove nothing.
    same = new_prompt.id == found.prompt
    if not same or found.id != proposal_id(
        found.prompt, found.base.digest, new_prompt, found.change
    ):
        raise ProposalError(
            "it was edited after it was measured",
            where=str(path),
            hint=f"{_how_to_reject(name)}, and edit the prompt itself",
        )
    if found.evidence_digest != evidence_digest(
        found.id, found.title, found.summary, found.evidence
    ):
        raise ProposalError(
            "its evidence, title or summary was edited after it was written",
            where=str(path),
            hint=f"{_how_to_reject(name)}; the next run measures it again",
        )
    return Proposal(
        id=found.id,
        prompt_id=found.prompt,
        base_digest=found.base.digest,
        base_version=found.base.version,
        kind=found.change,
        title=found.title,
        summary=found.summary,
        new_prompt=new_prompt,
        evidence=found.evidence,
        created_at=found.created_at,
        state=state,
        reason=found.reason,
    )


def _how_to_reject(name: str) -> str:
    return f"put it aside with `promptops proposals reject {name}`"
