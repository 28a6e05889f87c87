"""Find prompts by words and meaning, among those with the wanted facets."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promptops.cluster.items import item_of
from promptops.cluster.search import SearchHit, SearchIndex
from promptops.core.files import storage_refusals
from promptops.core.suggest import did_you_mean
from promptops.errors import PromptOpsError, StorageError
from promptops.prompts.loader import PromptFile
from promptops.wiring import Services

LANGUAGE = "x-language"
"""The extension that names the language a prompt is written in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """What a prompt must have to be found; an empty facet asks for nothing.

    Each is compared whole, upper and lower case alike. All ``tags`` and ``variables`` must be
    there. ``area`` is a folder under the prompts (``finance``, ``finance/eu``), ``language`` the
    value of ``x-language``, ``data`` the class of the data that passes through (``internal`` when
    a prompt does not say).
    """

    intent: str = ""
    tags: tuple[str, ...] = ()
    team: str = ""
    language: str = ""
    area: str = ""
    data: str = ""
    variables: tuple[str, ...] = ()

    def fit(self, file: PromptFile, root: Path) -> bool:
        """Whether a prompt of the registry under ``root`` has all of it."""
        return all(
            wanted.casefold() in {value.casefold() for value in values}
            for _, wanted, values in self._asked(file, root)
        )

    def unknown(self, files: Sequence[PromptFile], root: Path) -> tuple[str, ...]:
        """What is asked for that no prompt has: a sentence each, with what may be meant."""
        values: dict[tuple[str, str], set[str]] = {}
        for file in files:
            for name, wanted, had in self._asked(file, root):
                values.setdefault((name, wanted), set()).update(had)
        return tuple(
            f'no prompt has the {name} "{wanted}"' + (f" ({hint})" if hint else "")
            for (name, wanted), had in values.items()
            if wanted.casefold() not in {value.casefold() for value in had}
            for hint in [did_you_mean(wanted, had - {"", "."})]
        )

    def _asked(self, file: PromptFile, root: Path) -> list[tuple[str, str, set[str]]]:
        """Name and wanted value of each facet that is asked for, with the values of a prompt."""
        prompt = file.prompt
        folders = file.path.relative_to(root).parents
        facets: list[tuple[str, str, set[str]]] = [
            ("intent", self.intent, {prompt.intent}),
            ("team", self.team, {prompt.owner.team} if prompt.owner else set()),
            ("language", self.language, {str(prompt.extra.get(LANGUAGE, ""))}),
            ("area", self.area, {folder.as_posix() for folder in folders}),
            ("data", self.data, {prompt.data.classification if prompt.data else "internal"}),
            *(("tag", tag, set(prompt.tags)) for tag in self.tags),
            *(("variable", name, set(prompt.variables)) for name in self.variables),
        ]
        return [facet for facet in facets if facet[1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPrompt:
    """A hit and where it stands.

    ``line`` is that of the passage in the prompt's file; None when the passage is not there word
    for word (a variable stands in it by its name).
    """

    hit: SearchHit
    file: PromptFile
    line: int | None


def search_prompts(
    services: Services,
    text: str,
    top: int = 10,
    *,
    facets: Facets | None = None,
    files: Sequence[PromptFile] | None = None,
) -> tuple[FoundPrompt, ...]:
    """The prompts closest to a text in words and meaning, best first.

    The index is kept in the state folder, where that can be written to; only prompts that changed
    are indexed anew. Without
    ``files`` every prompt that can be read; the others are told to ``services.notice``.
    """
    if files is None:
        files, broken = services.registry.load_all()
        for problem in broken:
            services.notice(f"left out: {problem}")
    return _search(services, _opened(services, files), text, top, facets)


class Searcher:
    """Searches one workspace again and again; safe with several threads.

    Prompts and index stay in memory as long as no prompt file changes.
    """

    def __init__(self, services: Services) -> None:
        """Open nothing yet."""
        self._services = services
        self._lock = threading.Lock()
        self._seen: frozenset[tuple[str, int, int]] | None = None
        self._held: _Held | None = None

    def search(
        self, text: str, top: int = 10, *, facets: Facets | None = None
    ) -> tuple[tuple[FoundPrompt, ...], tuple[PromptOpsError, ...]]:
        """As `search_prompts`, and the files that hold no prompt."""
        with self._lock:
            held = self._current()
        return _search(self._services, held, text, top, facets), held.broken

    def _current(self) -> "_Held":
        registry = self._services.registry
        with storage_refusals(registry.root):
            found = [(path, path.stat()) for path in registry.paths()]
        seen = frozenset((str(path), told.st_mtime_ns, told.st_size) for path, told in found)
        if self._held is None or seen != self._seen:
            files, broken = registry.load_all()
            self._held = _opened(self._services, files, tuple(broken))
            self._seen = seen
        return self._held


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    files: Mapping[str, PromptFile]
    index: SearchIndex
    broken: tuple[PromptOpsError, ...]


def _opened(
    services: Services, files: Sequence[PromptFile], broken: tuple[PromptOpsError, ...] = ()
) -> _Held:
    by_id = {file.prompt.id: file for file in files}
    items = [item_of(file) for file in by_id.values()]
    try:
        index = SearchIndex.open(services.workspace.state / "search", items, services.embedder)
    except StorageError as problem:
        services.forgo(problem)
        index = SearchIndex.build(items, services.embedder)
    return _Held(files=by_id, index=index, broken=broken)


def _search(
    services: Services, held: _Held, text: str, top: int, facets: Facets | None
) -> tuple[FoundPrompt, ...]:
    among = None
    if facets is not None:
        root = services.registry.root
        among = {name for name, file in held.files.items() if facets.fit(file, root)}
    return tuple(
        FoundPrompt(hit=hit, file=held.files[hit.id], line=_line(held.files[hit.id], hit.passage))
        for hit in held.index.search(text, services.embedder, top, among=among)
    )


def _line(file: PromptFile, passage: str) -> int | None:
    wanted = passage.removesuffix("…").strip()
    for number, line in enumerate(file.text.split("\n"), start=1):
        if wanted and wanted in " ".join(line.split()):
            return number
    return None
