"""Calls with the parameters that a model takes, whoever makes them."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from promptops.core.canonical import JSON
from promptops.errors import UnknownModelError
from promptops.llm.chat import Chat, ChatRequest, Completion
from promptops.models.catalog import Catalog
from promptops.models.dialects import Dialect
from promptops.models.params import fit_params
from promptops.requests.params import refusal
from promptops.requests.recipient import find_recipient


class FittedChat:
    """A chat that leaves out, of a call's parameters, what the model's API would refuse.

    Evaluations, judges and writers say what they want by OpenAI's names; `promptops render` shows
    the same fit. What is left out is told once for a model and a parameter. Only hard claims count:
    a parameter that merely does no good goes through.
    """

    def __init__(
        self,
        inner: Chat,
        catalog: Catalog,
        dialects: Mapping[str, Dialect],
        *,
        notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Wrap a chat.

        Args:
            inner: Who answers.
            catalog: Model cards, which tell families.
            dialects: What the models of each family take.
            notice: Told what is changed.
        """
        self._inner = inner
        self._catalog = catalog
        self._dialects = dialects
        self._notice = notice
        self._known: dict[str, Dialect | None] = {}
        self._told: set[tuple[str, str]] = set()

    async def complete(self, request: ChatRequest) -> Completion:
        """Answer; see ``Chat.complete`` for the errors.

        Raises:
            RequestError: A parameter is refused, and which other one to send is not for us to say.
        """
        dialect = self._dialect(request.model) if request.params else None
        if dialect is None:
            return await self._inner.complete(request)
        fit = fit_params(request.params, dialect, soft=False)
        for problem in fit.problems:
            raise refusal(problem, request.model)
        for change in fit.changes:
            self._tell(request.model, change.param, change.new, change.claim.text)
        return await self._inner.complete(replace(request, params=fit.params))

    def _dialect(self, model: str) -> Dialect | None:
        """What is known of a model; None when nothing is: its provider will say what it takes."""
        if model not in self._known:
            try:
                self._known[model] = find_recipient(model, self._catalog, self._dialects).dialect
            except UnknownModelError:
                self._known[model] = None
        return self._known[model]

    def _tell(self, model: str, param: str, new: JSON, why: str) -> None:
        if (model, param) not in self._told:
            self._told.add((model, param))
            becomes = "left out" if new is None else f"sent as {new}"
            self._notice(f"{model}: {param} is {becomes}. {why}")
