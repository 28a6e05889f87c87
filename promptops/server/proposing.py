"""The proposals of the workspace: listed, shown, accepted or rejected."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from promptops.prompts.loader import load_prompt
from promptops.prompts.proposals import Proposal, State
from promptops.prompts.writing import prompt_document
from promptops.server.bodies import JsonRoute
from promptops.server.errors import error_of
from promptops.server.measuring import Opener, finite


class Rejection(BaseModel):
    """Why a proposal is put aside."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field("", max_length=2000, description="Kept with the proposal.")


def proposals_router(opener: Opener) -> APIRouter:
    """The routes over the proposals of a workspace."""
    router = APIRouter(prefix="/v1/proposals", tags=["proposals"], route_class=JsonRoute)

    @router.get("")
    def proposals(state: Literal["open", "accepted", "rejected"] = "open") -> dict[str, Any]:
        """The proposals in a state, the oldest first; ``broken`` names files that are none."""
        return _listed(opener, state)

    @router.get("/{name}")
    def proposal(name: str) -> dict[str, Any]:
        """A proposal whole: the new version of the prompt, and what was measured."""
        services = opener()
        found = services.proposals.get(name)
        stale = found.state == "open" and services.proposals.is_stale(found, services.registry)
        whole: dict[str, Any] = finite(
            {
                **_short(found, stale=stale),
                "summary": found.summary,
                "base_digest": found.base_digest,
                "reason": found.reason,
                "evidence": dict(found.evidence),
                "new_prompt": prompt_document(found.new_prompt),
            }
        )
        return whole

    @router.post("/{name}/accept")
    def accept(name: str) -> dict[str, Any]:
        """Make a proposal its prompt's new version; the old one stays in the history."""
        services = opener()
        path = services.proposals.accept(name, services.registry)
        return {"id": name, "state": "accepted", "version": load_prompt(path).prompt.version}

    @router.post("/{name}/reject")
    def reject(name: str, body: Rejection) -> dict[str, Any]:
        """Put a proposal aside for good: the same is not proposed again."""
        opener().proposals.reject(name, body.reason)
        return {"id": name, "state": "rejected"}

    return router


def _listed(opener: Opener, state: State) -> dict[str, Any]:
    services = opener()
    found, broken = services.proposals.load_all(state)
    stale = services.proposals.stale(found, services.registry) if state == "open" else frozenset()
    return {
        "proposals": [_short(each, stale=each.id in stale) for each in found],
        "broken": [error_of(each) for each in broken],
    }


def _short(found: Proposal, *, stale: bool) -> dict[str, Any]:
    return {
        "id": found.id,
        "prompt": found.prompt_id,
        "kind": found.kind,
        "title": found.title,
        "base_version": found.base_version,
        "new_version": found.new_prompt.version,
        "created_at": found.created_at,
        "state": found.state,
        "stale": stale,
    }
