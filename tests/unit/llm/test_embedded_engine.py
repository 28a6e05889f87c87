"""The embedded model answers by the request alone, and says clearly what it cannot do."""

import json
import random
import threading

import pytest

from promptops.config.environment import default_weights
from promptops.errors import (
    ModelNotInstalledError,
    ProviderRefusedError,
    ProviderTimeoutError,
)
from promptops.llm.embedded.engine import Engine
from promptops.llm.embedded.weights import weights_path

pytestmark = pytest.mark.embedded

GREEDY = {"temperature": 0, "max_tokens": 6}
LABEL = {"type": "object", "properties": {"label": {"enum": ["refund", "delivery"]}}}
LABEL["required"] = ["label"]
SYSTEMS = (
    """You sort the messages of a shop. Answer with the topic of the message in a few words. Topics
    are refund, delivery, account and product. A refund is money back, a delivery is a parcel.""",
    "You sort the messages of a shop. Say in a few words what the customer should do next.",
    "Be brief.",
)
MESSAGES = ("My parcel is late.", "I want my money back for a kettle.", "Is the coat of wool?")


def talk(system, message):
    return [{"role": "system", "content": system}, {"role": "user", "content": message}]


@pytest.fixture(scope="module")
def path():
    try:
        return weights_path("embedded/smollm2-135m", default_weights())
    except ModelNotInstalledError as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="module")
def engine(path):
    return Engine(path, threads=1, context=512)


def test_answers_depend_neither_on_order_nor_on_what_was_computed_before(engine, path):
    talks = [talk(system, message) for system in SYSTEMS for message in MESSAGES]
    first = {json.dumps(each): engine.answer(each, GREEDY) for each in talks}
    assert any(each.cached_tokens for each in first.values())
    mixed = talks * 2
    random.Random(5).shuffle(mixed)
    for each in mixed:
        assert engine.answer(each, GREEDY).text == first[json.dumps(each)].text
    fresh = Engine(path, threads=2, context=512)
    for each in talks[::-4]:
        assert fresh.answer(each, GREEDY).text == first[json.dumps(each)].text


def test_a_shared_beginning_is_computed_once(engine):
    for message in MESSAGES:
        answer = engine.answer(talk(SYSTEMS[0], message), GREEDY)
    assert answer.cached_tokens > 0.6 * answer.input_tokens


def test_an_answer_is_held_to_its_schema_in_one_line(engine):
    answer = engine.answer(
        talk(SYSTEMS[0], MESSAGES[0]), {**GREEDY, "max_tokens": 30}, schema=LABEL
    )
    assert json.loads(answer.text)["label"] in {"refund", "delivery"}
    assert answer.finish_reason == "stop"
    assert answer.text == json.dumps(json.loads(answer.text))


def test_an_answer_that_can_only_go_on_one_way_is_finished_without_the_model(engine):
    labels = ["a refund of the price", "a delivery that is late", "a defect in the product"]
    schema = {**LABEL, "properties": {"label": {"enum": labels}}}
    open_ended = {**schema, "properties": {"label": {"enum": [*labels, "a ü"]}}}
    pieces = []
    for message in MESSAGES:
        asked, params = talk(SYSTEMS[0], message), {**GREEDY, "max_tokens": 60}
        short = engine.answer(
            asked, params, schema=schema, on_text=lambda piece: pieces.append(piece) or True
        )
        whole = engine.answer(asked, params, schema=open_ended)  # no such answer is cut short
        assert (short.text, short.input_tokens) == (whole.text, whole.input_tokens)
        assert short.output_tokens < whole.output_tokens
        assert "".join(pieces) == short.text
        pieces.clear()
        cut = engine.answer(asked, {**params, "max_tokens": 7}, schema=schema)
        assert cut.finish_reason == "length"
        assert whole.text.startswith(cut.text)


def test_a_schema_beyond_the_engine_is_refused_and_not_passed_over(engine):
    beyond = {"properties": {"a": {"type": "string", "pattern": "^(?!x)y+$"}}, "required": ["a"]}
    with pytest.raises(ProviderRefusedError, match="cannot hold an answer"):
        engine.answer(talk("", MESSAGES[0]), GREEDY, schema={"type": "object", **beyond})


def test_a_prompt_over_the_context_names_both_lengths(engine):
    with pytest.raises(ProviderRefusedError, match=r"prompt is \d+ tokens long, .* holds 512"):
        engine.answer(talk("", "word " * 600), GREEDY)


def test_an_answer_that_takes_too_long_is_broken_off(engine):
    with pytest.raises(ProviderTimeoutError, match=r"within 0\.05 s"):
        engine.answer(talk("", "Tell a story."), {**GREEDY, "max_tokens": 400}, timeout_s=0.05)
    assert engine.answer(talk("", MESSAGES[0]), GREEDY).text


def test_a_reader_stops_an_answer(engine):
    pieces = []

    def three(piece):
        pieces.append(piece)
        return len(pieces) < 3

    engine.answer(talk("", "Tell a story."), {**GREEDY, "max_tokens": 400}, on_text=three)
    assert len(pieces) == 3


def test_the_model_is_loaded_once_with_one_message(path):
    said = []
    engine = Engine(path, threads=1, context=512, notify=said.append)
    threads = [threading.Thread(target=engine.load) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [f"loading {path.name} (1 thread) …"]


def test_a_file_that_is_no_model_is_named(tmp_path):
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF")
    with pytest.raises(ModelNotInstalledError, match=r"broken\.gguf: this file cannot be loaded"):
        Engine(path).load()
