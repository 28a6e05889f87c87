"""The composition root: settings in, working services out.

The only place that names concrete classes. Everything is made on first use, once a process for a
workspace and its settings, so that a command that only reads files never loads a heavy library and
several tasks share one model.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from promptops import __version__
from promptops.config import Settings, Workspace, find_workspace, load_settings
from promptops.config.environment import default_weights, prepare_environment
from promptops.core.clock import Clock, system_clock
from promptops.core.store import BlobStore, Forgo

if TYPE_CHECKING:
    from promptops.embedding.embedder import Embedder
    from promptops.evaluation.runner import Evaluator
    from promptops.knowledge.index import KBIndex
    from promptops.knowledge.kb import KnowledgeBase
    from promptops.knowledge.snapshots import SnapshotStore
    from promptops.llm.chat import Chat, Usage
    from promptops.llm.metered import Budget, Meter
    from promptops.models.catalog import Catalog
    from promptops.models.dialects import Dialect
    from promptops.prompts.model import Prompt
    from promptops.prompts.proposals import ProposalStore
    from promptops.prompts.registry import Registry
    from promptops.tracking.evidence import EvidenceStore
    from promptops.tracking.run_log import RunLog
    from promptops.tracking.tracker import Tracker

CODE_VERSION = f"promptops {__version__}"

Notice = Callable[[str], None]
"""Told one line when something begins or was found."""

Progress = Callable[[str, int, int], None]
"""Told what is going on, how many of its parts are done, of how many."""
_T = TypeVar("_T")


class Services:
    """Everything that a command, a task or a server needs of one workspace."""

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        *,
        sources: Mapping[str, str] | None = None,
        clock: Clock = system_clock,
        notice: Notice | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Keep the values; nothing is opened yet.

        Args:
            workspace: Where everything lies.
            settings: What was set.
            sources: Where each setting came from.
            clock: The time.
            notice: Told when something slow begins (loading a model).
            progress: Told how long work goes on.
        """
        self.workspace = workspace
        self.settings = settings
        self.sources = dict(sources or {})
        self.clock = clock
        self.notice: Notice = notice or (lambda _line: None)
        self.forgo = Forgo(lambda line: self.notice(line))
        self.progress: Progress = progress or (lambda _what, _done, _total: None)
        self._lock = threading.RLock()
        self._turn = threading.RLock()

    def _once(self, name: str, make: Callable[[], _T]) -> _T:
        """Make a thing once, also when several threads ask at the same time."""
        with self._lock:
            made: dict[str, Any] = self.__dict__.setdefault("_made", {})
            if name not in made:
                made[name] = make()
            result: _T = made[name]
            return result

    # What people wrote.

    @property
    def registry(self) -> "Registry":
        """The prompt files."""
        from promptops.prompts.registry import Registry

        return Registry(self.workspace.prompts)

    @property
    def proposals(self) -> "ProposalStore":
        """New versions that wait for a decision."""
        from promptops.prompts.proposals import ProposalStore

        return ProposalStore(self.workspace.proposals)

    @property
    def catalog(self) -> "Catalog":
        """Model cards, built in and of this workspace."""
        from promptops.models.catalog import Catalog

        own = self.workspace.models_file
        return self._once("catalog", lambda: Catalog.load(own if own.exists() else None))

    @property
    def dialects(self) -> "Mapping[str, Dialect]":
        """What each model family takes, built in and of this workspace."""
        from promptops.models.dialects import load_dialects

        return self._once("dialects", lambda: load_dialects(self.workspace.dialects))

    # State.

    @property
    def evidence(self) -> "EvidenceStore":
        """What was measured."""

        def make() -> "EvidenceStore":
            from promptops.tracking.evidence import EvidenceStore

            return EvidenceStore(self.workspace.state / "evidence.db")

        return self._once("evidence", make)

    @property
    def answers(self) -> BlobStore:
        """Answers of models by the digest of the call."""
        return self._once("answers", lambda: BlobStore(self.workspace.state / "answers.db"))

    @property
    def results(self) -> BlobStore:
        """Scored answers to single golden cases."""
        return self._once("results", lambda: BlobStore(self.workspace.state / "results.db"))

    @property
    def vectors(self) -> BlobStore:
        """Embeddings by text and embedder."""
        path = self.workspace.state / "embeddings.db"
        return self._once("vectors", lambda: BlobStore(path, or_read=True))

    @property
    def run_log(self) -> "RunLog":
        """Logged model calls."""
        from promptops.tracking.run_log import RunLog

        return RunLog(self.workspace.runs)

    @property
    def snapshots(self) -> "SnapshotStore":
        """Earlier versions of knowledge bases."""
        from promptops.knowledge.snapshots import SnapshotStore

        return SnapshotStore(self.workspace.state / "kb")

    @property
    def tracker(self) -> "Tracker":
        """Where runs are compared: MLflow."""

        def make() -> "Tracker":
            from promptops.tracking.mlflow_tracker import MLflowTracker

            return MLflowTracker(self.tracking_uri, artifact_root=self.artifact_root)

        return self._once("tracker", make)

    @property
    def tracking_uri(self) -> str:
        """MLflow's tracking URI."""
        return self.settings.tracking.uri or f"sqlite:///{self.workspace.state / 'mlflow.db'}"

    @property
    def artifact_root(self) -> Path:
        """Where MLflow keeps artifacts when it runs on SQLite."""
        return self.workspace.state / "mlartifacts"

    # Models.

    @property
    def meter(self) -> "Meter":
        """What calls have cost since these services were opened."""

        def make() -> "Meter":
            from promptops.llm.metered import Meter

            return Meter()

        return self._once("meter", make)

    @property
    def weights(self) -> Path:
        """The folder of downloaded weights."""
        named = self.settings.llm.weights
        if named:
            return (self.workspace.root / Path(named).expanduser()).resolve()
        return default_weights()

    def fingerprint(self, model: str) -> str:
        """What identifies the weights behind a model id: part of every key of an answer."""
        from promptops.llm.embedded.weights import fingerprint, is_embedded

        return fingerprint(model, self.weights) if is_embedded(model) else ""

    @property
    def chat(self) -> "Chat":
        """Calls to any model: cached, metered, limited."""

        def make() -> "Chat":
            from promptops.llm.cached import CachedChat
            from promptops.llm.limited import LimitedChat
            from promptops.llm.litellm_chat import LiteLLMChat
            from promptops.llm.metered import MeteredChat
            from promptops.requests.fitted_chat import FittedChat

            def tell(line: str) -> None:
                self.notice(line)  # looked up at each call: it may be replaced later

            llm = self.settings.llm
            chat = LiteLLMChat(
                weights=self.weights,
                threads=llm.threads or None,
                context=llm.context,
                notice=tell,
                timeout_s=llm.timeout_s,
                retries=llm.retries,
                price=self._price,
            )
            fitted = FittedChat(chat, self.catalog, self.dialects, notice=tell)
            limited = LimitedChat(
                fitted, {"embedded": llm.embedded_concurrency}, default=llm.concurrency
            )
            metered = MeteredChat(limited, self.meter, self.budget)
            return CachedChat(metered, self.answers, self.fingerprint, meter=self.meter)

        return self._once("chat", make)

    def _price(self, model: str, usage: "Usage") -> float | None:
        """USD of a call by the model's card; None where no card says."""
        from promptops.errors import UnknownModelError

        with suppress(UnknownModelError):
            price = self.catalog.get(model).price
            return (usage.input_tokens * price.input + usage.output_tokens * price.output) / 1e6
        return None

    def turn(self) -> AbstractContextManager[Any]:
        """Hold while one prompt is measured.

        The embedded model keeps the beginning of one prompt warm: taking turns is faster than
        interleaving. Hosted models need no turns.
        """
        if self.settings.llm.model.startswith("embedded/"):
            return self._turn
        return nullcontext()

    @property
    def embedder(self) -> "Embedder":
        """Embeddings, cached."""

        def make() -> "Embedder":
            from promptops.embedding.backends import load_embedder
            from promptops.embedding.cached import CachedEmbedder

            return CachedEmbedder(
                load_embedder(self.settings.embedding.backend, self.settings.embedding.model),
                self.vectors,
                progress=lambda done, total: self.progress("embed texts", done, total),
                refused=self.forgo,
            )

        return self._once("embedder", make)

    # Knowledge.

    def knowledge(self, name: str) -> "KnowledgeBase":
        """The knowledge base of this name, as it is on disk now."""

        def make() -> "KnowledgeBase":
            from promptops.knowledge.kb import load_kb

            return load_kb(self.workspace.kb / name)

        return self._once(f"kb {name}", make)

    def index(self, name: str, version: str | None = None) -> "KBIndex":
        """The search index of a knowledge base; of an earlier version from its snapshot."""

        def make() -> "KBIndex":
            from promptops.knowledge.index import KBIndex

            live = self.knowledge(name)
            earlier = version is not None and version != live.version
            kb = self.snapshots.load(name, version) if earlier and version else live
            return KBIndex.build(kb, self.embedder)

        return self._once(f"index {name} {version}", make)

    # Measuring.

    def evaluator(self, *, kb_version: str | None = None) -> "Evaluator":
        """Runs prompts over golden cases; retrieval uses the live knowledge base or a version."""
        from promptops.evaluation.requests import Retrieved
        from promptops.evaluation.runner import Evaluator
        from promptops.knowledge.index import context_text

        def retrieve(prompt: "Prompt", query: str) -> Retrieved:
            assert prompt.retrieval is not None
            index = self.index(prompt.retrieval.kb, kb_version)
            hits = index.retrieve(query, prompt.retrieval.top_k)
            return Retrieved(text=context_text(hits), chunks=tuple(hit.chunk.id for hit in hits))

        llm = self.settings.llm
        embedded = llm.model.startswith("embedded/")
        return Evaluator(
            self.chat,
            self.evidence,
            fingerprint=self.fingerprint,
            clock=self.clock,
            code_version=CODE_VERSION,
            concurrency=llm.embedded_concurrency if embedded else llm.concurrency,
            retriever=retrieve,
            results=self.results,
        )

    @property
    def index_fingerprint(self) -> str:
        """How knowledge bases are chunked and embedded: a change means other answers."""
        from promptops.knowledge.chunking import CHUNKER

        return f"{CHUNKER}+{self.embedder.fingerprint}"

    # A night.

    budget: "Budget | None" = None
    """What calls may cost in all; set before the first use of `chat`."""

    def close(self) -> None:
        """Close the databases; the next use opens them again."""
        with self._lock:
            for made in self.__dict__.get("_made", {}).values():
                if callable(close := getattr(made, "close", None)):
                    close()


_OPEN: dict[str, Services] = {}
_OPEN_LOCK = threading.Lock()


def open_services(
    folder: Path | str | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    notice: Notice | None = None,
    progress: Progress | None = None,
    budget: "Budget | None" = None,
) -> Services:
    """Open a workspace: the services of it that `shared_services` gives from now on.

    Args:
        folder: The workspace; found from the environment or the current folder when None.
        overrides: Settings by name that beat every other source.
        notice: Told when something slow begins.
        progress: Told how long work goes on.
        budget: What model calls may cost in all.

    Raises:
        WorkspaceNotFoundError: No workspace there.
        SettingsError: A setting is wrong.
    """
    workspace = find_workspace(folder)
    prepare_environment(workspace)
    loaded = load_settings(workspace, overrides)
    services = Services(
        workspace, loaded.settings, sources=loaded.sources, notice=notice, progress=progress
    )
    services.budget = budget
    with _OPEN_LOCK:
        _OPEN[str(workspace.root)] = services
    return services


def shared_services(folder: Path | str) -> Services:
    """The services of a workspace that is open in this process; opened when it is not.

    Raises:
        WorkspaceNotFoundError: No workspace there.
        SettingsError: A setting is wrong.
    """
    key = str(find_workspace(folder).root)
    with _OPEN_LOCK:
        found = _OPEN.get(key)
    return found or open_services(folder)
