"""Services of a workspace whose model answers by a script."""

from collections.abc import Callable

from promptops.config import Workspace, load_settings
from promptops.core.clock import Clock, system_clock
from promptops.llm.cached import CachedChat
from promptops.llm.chat import Chat
from promptops.llm.metered import Budget, MeteredChat
from promptops.llm.scripted import ScriptedChat
from promptops.requests.fitted_chat import FittedChat
from promptops.testing.memory_tracker import MemoryTracker
from promptops.wiring import Services


class ScriptedServices(Services):
    """As `Services`, calls cached, metered and within the budget; runs are kept in memory."""

    def __init__(
        self,
        workspace: Workspace,
        script: ScriptedChat,
        *,
        model: str | None = None,
        budget: Budget | None = None,
        notice: Callable[[str], None] | None = None,
        progress: Callable[[str, int, int], None] | None = None,
        clock: Clock = system_clock,
    ) -> None:
        """Open the workspace.

        Args:
            workspace: Its folder.
            script: Answers every call.
            model: The model's id, in place of the workspace's.
            budget: What calls may cost in all.
            notice: Told when something begins.
            progress: Told how long work goes on.
            clock: The time.
        """
        loaded = load_settings(workspace, {"llm.model": model})
        super().__init__(workspace, loaded.settings, clock=clock, notice=notice, progress=progress)
        self.budget = budget
        self._script = script
        self._tracker = MemoryTracker()

    @property
    def chat(self) -> Chat:
        """The script, behind the layers that a model is behind."""
        fitted = FittedChat(self._script, self.catalog, self.dialects, notice=self.notice)
        metered = MeteredChat(fitted, self.meter, self.budget)
        return CachedChat(metered, self.answers, self.fingerprint, meter=self.meter)

    @property
    def tracker(self) -> MemoryTracker:
        """Runs in memory."""
        return self._tracker

    def fingerprint(self, model: str) -> str:
        """A script has no weights."""
        return f"script {model}"
