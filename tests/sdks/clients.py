"""Run by the Python of .venv-sdks: sends bodies through the provider's own client.

Reads one JSON object from stdin: ``client``, ``url`` and ``bodies``, the bodies by case, each with
its ``path`` and ``body``. Writes one JSON object: for each case "" or why the client refused it.
"""

import functools
import json
import sys
from collections.abc import Iterator, Mapping, Sequence

# Fields of the API that a client's method does not name: they go into ``extra_body``.
UNNAMED = {
    # Anthropic's MIGRATION.md to 1.0: taken from the method, not from the API.
    "anthropic": ("temperature", "top_p", "top_k"),
    # Taken by servers of open models only.
    "openai": ("top_k", "min_p", "repeat_penalty"),
}


def split(client: str, body: Mapping) -> dict:
    extra = {key: body[key] for key in UNNAMED[client] if key in body}
    named = {key: value for key, value in body.items() if key not in extra}
    return {**named, **({"extra_body": extra} if extra else {})}


@functools.cache
def adapter(kind):
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def typed(kind, body: Mapping) -> None:
    """Check a body against the client's own types; they are only hints to its methods."""
    exhaust(adapter(kind).validate_python(body))


def exhaust(value) -> None:
    """Walk through everything: pydantic checks an ``Iterable`` while it is read."""
    if isinstance(value, Mapping):
        for part in value.values():
            exhaust(part)
    elif isinstance(value, Sequence | Iterator) and not isinstance(value, str):
        for part in value:
            exhaust(part)


def anthropic(url: str):
    from anthropic import Anthropic
    from anthropic.types.message_create_params import MessageCreateParamsNonStreaming

    client = Anthropic(api_key="test", base_url=url, max_retries=0)

    def send(body: dict, path: str) -> None:
        typed(MessageCreateParamsNonStreaming, body)
        assert client.messages.create(**split("anthropic", body)).content[0].text == "yes"

    return send


def openai(url: str):
    from openai import OpenAI
    from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming

    def send(body: dict, path: str) -> None:
        base = url + path.removesuffix("/chat/completions")
        client = OpenAI(api_key="test", base_url=base, max_retries=0)
        typed(CompletionCreateParamsNonStreaming, body)
        found = client.chat.completions.create(**split("openai", body))
        assert found.choices[0].message.content == "yes"

    return send


def gemini(url: str):
    from google import genai
    from google.genai import types

    client = genai.Client(api_key="test", http_options={"base_url": url, "api_version": "v1beta"})

    def send(body: dict, path: str) -> None:
        known = {"contents", "systemInstruction", "tools", "toolConfig", "generationConfig"}
        assert set(body) <= known, set(body) - known
        apart = {key: body[key] for key in known - {"contents", "generationConfig"} if key in body}
        # The client's configuration refuses a name that it does not have.
        config = types.GenerateContentConfig(**apart, **body.get("generationConfig", {}))
        contents = [types.Content.model_validate(each) for each in body["contents"]]
        model = path.removeprefix("/v1beta/models/").removesuffix(":generateContent")
        found = client.models.generate_content(model=model, contents=contents, config=config)
        assert found.text == "yes"

    return send


def mistral(url: str):
    from mistralai.client import Mistral
    from mistralai.client.models import ChatCompletionRequest

    client = Mistral(api_key="test", server_url=url)

    def send(body: dict, path: str) -> None:
        ChatCompletionRequest.model_validate(body)
        assert client.chat.complete(**body).choices[0].message.content == "yes"

    return send


def main() -> None:
    asked = json.load(sys.stdin)
    send = globals()[asked["client"]](asked["url"])
    said = {}
    for case, request in asked["bodies"].items():
        try:
            send(request["body"], request["path"])
        except Exception as problem:  # noqa: BLE001 - whatever a client says is the answer
            said[case] = f"{type(problem).__name__}: {problem}"
        else:
            said[case] = ""
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
