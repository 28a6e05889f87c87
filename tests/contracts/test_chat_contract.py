"""Every chat keeps the chat contract."""

import pytest

from promptops.core.store import BlobStore
from promptops.llm.cached import CachedChat
from promptops.llm.limited import LimitedChat
from promptops.llm.litellm_chat import LiteLLMChat
from promptops.llm.metered import Budget, Meter, MeteredChat
from promptops.llm.recorded import RecordedChat
from promptops.llm.scripted import ScriptedChat
from promptops.testing.contracts import ChatContract, StreamingChatContract


def scripted():
    return ScriptedChat(lambda request: f"answer to {request.messages[-1].content}")


class TestScripted(ChatContract, StreamingChatContract):
    @pytest.fixture
    def chat(self):
        return scripted()


class TestCached(ChatContract):
    @pytest.fixture
    def chat(self, tmp_path):
        return CachedChat(scripted(), BlobStore(tmp_path / "answers.db"), lambda _: "")


class TestMetered(ChatContract):
    @pytest.fixture
    def chat(self):
        return MeteredChat(scripted(), Meter(), Budget(calls=100))


class TestLimited(ChatContract):
    @pytest.fixture
    def chat(self):
        return LimitedChat(scripted(), {"test": 1})


class TestRecorded(ChatContract):
    @pytest.fixture
    def chat(self, tmp_path):
        return RecordedChat(tmp_path / "cassette.jsonl", scripted())


# pytest puts its own warning filters in place of those that the adapter sets.
@pytest.mark.filterwarnings("ignore:Item .* is using the `ReadOnly` qualifier")
class TestHosted(ChatContract, StreamingChatContract):
    model = "openai/test-model"

    @pytest.fixture
    def chat(self, openai_server, tmp_path):
        return LiteLLMChat(weights=tmp_path)


@pytest.mark.embedded
class TestEmbedded(ChatContract, StreamingChatContract):
    model = "embedded/smollm2-135m"

    @pytest.fixture
    def chat(self, smollm):
        return LiteLLMChat(weights=smollm, context=512)
