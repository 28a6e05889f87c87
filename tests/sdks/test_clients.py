"""The providers' own clients check the bodies by their own types, and send them as they are."""

import json
import subprocess
from pathlib import Path

import pytest

from promptops.errors import RequestError

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-sdks" / "bin" / "python"
MODELS = {
    "openai": [
        "openai/gpt-5.5",
        "openai/gpt-4.1",
        "deepseek/deepseek-chat",
        "dashscope/qwen3.8-max",
        "deepinfra/meta-llama/Llama-4-Scout-17B-16E-Instruct",
        "deepinfra/google/gemma-4-31B-it",
        "cohere/command-a-03-2025",
        "embedded/smollm2-135m",
    ],
    "anthropic": ["anthropic/claude-opus-5", "anthropic/claude-haiku-4-5"],
    "gemini": ["gemini/gemini-3.5-flash", "gemini/gemini-2.5-flash"],
    "mistral": ["mistral/mistral-large-latest"],
}
# What is wrong, and the place that the client names: without it, taking a body would say nothing.
BROKEN = {
    "openai": ({"tools": [{"type": "function"}]}, "function"),
    "anthropic": ({"tools": [{"name": "find_order"}]}, "input_schema"),
    "gemini": ({"generationConfig": {"maxOutputTokens": "many"}}, "maxOutputTokens"),
    "mistral": ({"tools": [{"type": "function"}]}, "function"),
}
PREFILL, PARAMS = "the beginning of an answer", "a chat with parameters"
REFUSED = {
    ("anthropic/claude-opus-5", PREFILL): "ends with the beginning of an answer",
    ("gemini/gemini-2.5-flash", "a schema and tools"): "refuses tools together with a JSON answer",
    ("openai/gpt-5.5", PARAMS): "stop is ['END']",
    ("embedded/smollm2-135m", "tools"): "embedded/smollm2-135m: ",
    ("embedded/smollm2-135m", "a schema and tools"): "embedded/smollm2-135m: ",
}


def as_written(client: str, came: dict) -> dict:
    """What went over the wire without what a client adds to every request."""
    if client == "gemini":
        # Google reads both spellings of a field; its client mixes them.
        text = json.dumps(came).replace('"parameters_json_schema"', '"parametersJsonSchema"')
        return {key: value for key, value in json.loads(text).items() if value != {}}
    if client != "mistral":
        return came
    messages = [
        {k: v for k, v in each.items() if (k, v) != ("prefix", False)} for each in came["messages"]
    ]
    assert came["stream"] is False
    return {**{key: value for key, value in came.items() if key != "stream"}, "messages": messages}


@pytest.fixture(scope="module", params=MODELS)
def sent(request, recorder, body, kinds):
    """Of one client: each body, what the client said to it, and what went over the wire."""
    if not PYTHON.exists():
        pytest.skip("the providers' clients are not installed: `make sdks`")
    client = request.param
    bodies, refused = {}, {}
    for model in MODELS[client]:
        for kind in kinds:
            try:
                made = body(kind, model, client)
            except RequestError as problem:
                refused[model, kind] = str(problem)
            else:
                bodies[f"{model} {kind}"] = made
    asked = {case: {"path": made.path, "body": made.body} for case, made in bodies.items()}
    asked["broken"] = {**next(iter(asked.values()))}
    asked["broken"]["body"] = {**asked["broken"]["body"], **BROKEN[client][0]}
    already = len(recorder.requests)
    done = subprocess.run(
        [PYTHON, Path(__file__).with_name("clients.py")],
        input=json.dumps({"client": client, "url": recorder.url, "bodies": asked}),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    came = iter(recorder.requests[already:])
    return client, bodies, said, {case: next(came) for case in bodies if not said[case]}, refused


def test_every_body_is_taken_and_sent_as_it_is(sent):
    client, bodies, said, wire, _ = sent
    assert BROKEN[client][1] in said.pop("broken")
    assert {case: text for case, text in said.items() if text} == {}
    for case, made in bodies.items():
        path, came = wire[case]
        assert path == made.path, case
        assert as_written(client, came) == made.body, case


def test_what_a_model_refuses_is_not_built(sent):
    client, _, _, _, refused = sent
    models = MODELS[client]
    assert refused.keys() == {key for key in REFUSED if key[0] in models}
    for key, text in refused.items():
        assert REFUSED[key] in text
