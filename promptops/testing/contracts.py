"""What every implementation of a seam must do.

Subclass a contract in a test module and give it what it tests:

    class TestMyChat(ChatContract):
        @pytest.fixture
        def chat(self): ...
"""

import threading
from collections.abc import AsyncIterator
from typing import Any, Protocol

import anyio
import numpy as np
import pytest

from promptops.embedding.embedder import Embedder
from promptops.llm.chat import Chat, ChatRequest, Completion, Message, StreamingChat
from promptops.vectors.index import VectorIndex

_THREADS = 4


class AnyChat(Chat, StreamingChat, Protocol):
    """A chat that streams too."""


def ask(text: str = "Say yes or no: is snow cold?", **fields: Any) -> ChatRequest:
    """A short request; ``fields`` replace those of ``ChatRequest``."""
    messages = (Message(role="system", content="Be brief."), Message(role="user", content=text))
    given = {"model": "test/model", "params": {"temperature": 0, "max_tokens": 8}} | fields
    return ChatRequest(messages=messages, **given)


class ChatContract:
    """A chat answers, the same for the same call, from any thread and event loop."""

    model = "test/model"
    """A model id that the chat under test serves."""

    @pytest.fixture
    def chat(self) -> Chat:
        """The chat under test."""
        raise NotImplementedError

    def _ask(self, text: str = "Say yes or no: is snow cold?", **fields: Any) -> ChatRequest:
        return ask(text, model=self.model, **fields)

    def test_an_answer_has_text_usage_and_the_model_that_gave_it(self, chat: Chat) -> None:
        """Everything a caller counts with is there."""
        completion = anyio.run(chat.complete, self._ask())
        assert completion.text
        assert completion.usage.input_tokens > 0
        assert completion.usage.output_tokens > 0
        assert 0 <= completion.usage.cached_tokens <= completion.usage.input_tokens
        assert completion.latency_ms > 0
        assert completion.cost_usd >= 0
        assert completion.model == self.model
        assert completion.finish_reason in {"stop", "length"}

    def test_the_same_call_gets_the_same_answer(self, chat: Chat) -> None:
        """At temperature 0, whatever was asked between."""
        first = anyio.run(chat.complete, self._ask())
        anyio.run(chat.complete, self._ask("Name a color."))
        again = anyio.run(chat.complete, self._ask())
        assert again.text == first.text
        assert again.usage.input_tokens == first.usage.input_tokens

    def test_calls_at_once_get_their_own_answers(self, chat: Chat) -> None:
        """In one event loop."""
        texts = [f"Repeat the number {number}." for number in range(_THREADS)]
        alone = [anyio.run(chat.complete, self._ask(text)).text for text in texts]
        together: dict[str, str] = {}

        async def all_at_once() -> None:
            async def one(text: str) -> None:
                together[text] = (await chat.complete(self._ask(text))).text

            async with anyio.create_task_group() as group:
                for text in texts:
                    group.start_soon(one, text)

        anyio.run(all_at_once)
        assert [together[text] for text in texts] == alone

    def test_threads_with_event_loops_of_their_own_share_it(self, chat: Chat) -> None:
        """As tasks of an orchestrator do; each loop lives for one call only."""
        found: list[Completion | BaseException] = []

        def work() -> None:
            for _ in range(2):
                try:
                    found.append(anyio.run(chat.complete, self._ask()))
                except BaseException as problem:  # noqa: BLE001  # shown by the assertion
                    found.append(problem)

        threads = [threading.Thread(target=work) for _ in range(_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({each.text for each in found if isinstance(each, Completion)}) == 1, found
        assert len(found) == 2 * _THREADS

    def test_a_canceled_call_harms_no_later_one(self, chat: Chat) -> None:
        """The caller goes; the chat stays whole."""

        async def give_up() -> None:
            with anyio.move_on_after(0):
                await chat.complete(self._ask("Tell a long story."))

        anyio.run(give_up)
        assert anyio.run(chat.complete, self._ask("Tell a long story.")).text


class StreamingChatContract:
    """A chat streams the answer that it would give whole."""

    model = "test/model"

    @pytest.fixture
    def chat(self) -> AnyChat:
        """The chat under test."""
        raise NotImplementedError

    def test_the_pieces_make_the_answer(self, chat: AnyChat) -> None:
        """Joined, in order."""
        request = ask(model=self.model)

        async def collect() -> list[str]:
            return [piece async for piece in chat.stream(request)]

        assert "".join(anyio.run(collect)) == anyio.run(chat.complete, request).text

    def test_a_reader_may_leave_early(self, chat: AnyChat) -> None:
        """And the next call is answered."""

        async def first_piece() -> str:
            pieces: AsyncIterator[str] = chat.stream(ask("Count up.", model=self.model))
            return await anext(pieces)

        assert anyio.run(first_piece)
        assert anyio.run(chat.complete, ask(model=self.model)).text


class EmbedderContract:
    """An embedder gives equal texts equal unit vectors."""

    @pytest.fixture
    def embedder(self) -> Embedder:
        """The embedder under test."""
        raise NotImplementedError

    def test_vectors_are_unit_rows_in_the_order_of_the_texts(self, embedder: Embedder) -> None:
        """Shape, type, length."""
        texts = ["a refund for a kettle", "snow", "a refund for a kettle, please, today"]
        vectors = embedder.embed(texts)
        assert vectors.shape == (3, embedder.dimension)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        alone = np.concatenate([embedder.embed([text]) for text in texts])
        np.testing.assert_allclose(vectors, alone, atol=1e-5)

    def test_no_text_makes_no_row(self, embedder: Embedder) -> None:
        """An empty array that still has its dimension."""
        assert embedder.embed([]).shape == (0, embedder.dimension)

    def test_a_text_that_stands_twice_gets_one_vector(self, embedder: Embedder) -> None:
        """Also next to others."""
        first, other, again = embedder.embed(["twice", "once", "twice"])
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)

    def test_likeness_is_a_larger_product(self, embedder: Embedder) -> None:
        """The inner product orders texts."""
        question, near, far = embedder.embed(
            ["where is my parcel", "my parcel is late", "wool can be washed at thirty degrees"]
        )
        assert question @ near > question @ far

    def test_the_fingerprint_stays(self, embedder: Embedder) -> None:
        """Use does not change it."""
        before = embedder.fingerprint
        embedder.embed(["text"])
        assert embedder.fingerprint == before
        assert before

    def test_threads_share_it(self, embedder: Embedder) -> None:
        """Each gets its own rows."""
        texts = [f"message number {number}" for number in range(_THREADS)]
        found: dict[str, Any] = {}

        def work(text: str) -> None:
            found[text] = embedder.embed([text])[0]

        threads = [threading.Thread(target=work, args=(text,)) for text in texts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expected = embedder.embed(texts)
        np.testing.assert_allclose(np.stack([found[text] for text in texts]), expected, atol=1e-5)


class VectorIndexContract:
    """An index finds what a full comparison finds."""

    def build(self, vectors: Any) -> VectorIndex:
        """An index over ``(n, d)`` float32 vectors."""
        raise NotImplementedError

    def test_neighbors_are_those_of_a_full_comparison(self) -> None:
        """Scores and rows, best first."""
        vectors = _unit(200, 16, seed=1)
        queries = _unit(7, 16, seed=2)
        scores, rows = self.build(vectors).search(queries, 5)
        products = queries @ vectors.T
        expected = np.argsort(-products, axis=1, kind="stable")[:, :5]
        np.testing.assert_array_equal(rows, expected)
        np.testing.assert_allclose(scores, np.take_along_axis(products, expected, 1), atol=1e-5)
        assert scores.dtype == np.float32
        assert rows.dtype == np.int64

    def test_equal_scores_come_by_row(self) -> None:
        """So results do not depend on the library's mood."""
        vectors = np.repeat(_unit(3, 8, seed=3), 4, axis=0)
        _, rows = self.build(vectors).search(vectors[4:5], 6)
        assert rows[0, :4].tolist() == [4, 5, 6, 7]

    def test_more_neighbors_than_vectors_are_all_vectors(self) -> None:
        """No padding."""
        scores, rows = self.build(_unit(3, 8, seed=4)).search(_unit(2, 8, seed=5), 10)
        assert scores.shape == rows.shape == (2, 3)
        assert sorted(rows[0].tolist()) == [0, 1, 2]

    def test_nothing_is_found_in_nothing(self) -> None:
        """Neither without vectors nor without queries."""
        empty = self.build(np.zeros((0, 8), dtype=np.float32))
        assert empty.search(_unit(2, 8, seed=6), 3)[1].shape == (2, 0)
        some = self.build(_unit(3, 8, seed=7))
        assert some.search(np.zeros((0, 8), dtype=np.float32), 2)[0].shape == (0, 2)

    def test_it_says_its_size(self) -> None:
        """Vectors and their length."""
        index = self.build(_unit(9, 8, seed=8))
        assert (index.size, index.dimension) == (9, 8)


def _unit(count: int, dimension: int, *, seed: int) -> Any:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
