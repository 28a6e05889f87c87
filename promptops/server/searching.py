"""The search service: a query and facets in, the prompts that match out."""

import threading
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from promptops.operations.searching import Facets, FoundPrompt, Searcher
from promptops.server.bodies import JsonRoute
from promptops.server.errors import error_of
from promptops.server.measuring import Opener
from promptops.wiring import Services

_LONGEST_QUERY = 1000
_MOST = 100
_MOST_NAMES = 20
_Facet = Annotated[str, Field(max_length=200)]
_Names = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=_MOST_NAMES)
]


class SearchFacets(BaseModel):
    """What a prompt must have to be found; an empty facet asks for nothing."""

    model_config = ConfigDict(extra="forbid")

    intent: _Facet = Field("", description="Its intent.")
    tags: _Names = Field([], description="Tags; all of them.")
    team: _Facet = Field("", description="The team that owns it.")
    area: _Facet = Field("", description="A folder under the prompts, such as finance/eu.")
    language: _Facet = Field("", description="Its x-language.")
    data: _Facet = Field("", description="The class of data that passes through it.")
    variables: _Names = Field([], description="Variables; all of them.")


class SearchRequest(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(
        min_length=1, max_length=_LONGEST_QUERY, pattern=r"\S", description="Words or a sentence."
    )
    facets: SearchFacets = Field(SearchFacets(), description="Only prompts that have all of this.")
    limit: int = Field(10, ge=1, le=_MOST, description="Answers at most.")


class _Open:
    """The searcher of the workspace, opened with the first query."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._lock = threading.Lock()
        self._found: tuple[Services, Searcher] | None = None

    def get(self) -> tuple[Services, Searcher]:
        with self._lock:
            if self._found is None:
                services = self._opener()
                self._found = services, Searcher(services)
            return self._found


def search_router(opener: Opener) -> APIRouter:
    """The route of the search service over a workspace."""
    router = APIRouter(prefix="/v1/search", tags=["search"], route_class=JsonRoute)
    opened = _Open(opener)

    @router.post("")
    def search(request: SearchRequest) -> dict[str, Any]:
        """The prompts nearest to a query in words and meaning, best first, with the passage.

        ``broken`` names files that hold no prompt.
        """
        services, searcher = opened.get()
        asked = Facets(
            **request.facets.model_dump(exclude={"tags", "variables"}),
            tags=tuple(request.facets.tags),
            variables=tuple(request.facets.variables),
        )
        found, broken = searcher.search(request.query, request.limit, facets=asked)
        return {
            "results": [_document(each, services.workspace.root) for each in found],
            "broken": [error_of(each) for each in broken],
        }

    return router


def _document(found: FoundPrompt, root: Path) -> dict[str, Any]:
    hit = found.hit
    return {
        "prompt": hit.id,
        "version": found.file.prompt.version,
        "title": hit.title,
        "score": hit.score,
        "passage": hit.passage,
        "path": found.file.path.relative_to(root).as_posix(),
        "line": found.line,
        "lexical_rank": hit.lexical_rank,
        "semantic_rank": hit.semantic_rank,
    }
