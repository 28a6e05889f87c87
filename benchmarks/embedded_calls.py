"""Calls a second of the embedded model: our whole path beside the engine alone.

The limit is the engine called directly. Ours adds LiteLLM, the limits, the meter and the cache (all
answers new). Both answer questions of one kind under one fixed beginning, in turns.
"""

import json
import tempfile
import time
from pathlib import Path

import anyio

from promptops.config.environment import default_weights, prepare_environment
from promptops.core.store import BlobStore
from promptops.llm.cached import CachedChat
from promptops.llm.chat import ChatRequest, Message
from promptops.llm.embedded.engine import shared_engine
from promptops.llm.embedded.weights import fingerprint, weights_path
from promptops.llm.limited import LimitedChat
from promptops.llm.litellm_chat import LiteLLMChat
from promptops.llm.metered import Meter, MeteredChat

MODEL = "embedded/smollm2-135m"
LABELS = ["refund", "delivery", "account", "product"]
SCHEMA = {
    "type": "object",
    "required": ["label"],
    "properties": {"label": {"type": "string", "enum": LABELS}},
}
SYSTEM = "Sort the message of a customer: " + "; ".join(
    f"{label} is about {label} and nothing else" for label in LABELS * 4
)
PARAMS = {"temperature": 0, "max_tokens": 24}
ROUNDS, CALLS = 3, 20


def question(number: int) -> str:
    return f"Order {4000 + number}: where is my parcel, it was promised for Monday?"


def main() -> None:
    prepare_environment()
    folder = default_weights()
    engine = shared_engine(weights_path(MODEL, folder))
    with tempfile.TemporaryDirectory() as work:
        inner = LimitedChat(LiteLLMChat(weights=folder), {"embedded": 1})
        metered = MeteredChat(inner, Meter())
        store = BlobStore(Path(work) / "answers.db")
        chat = CachedChat(metered, store, lambda model: fingerprint(model, folder))

        def alone(number: int) -> None:
            messages = [
                {"role": "system", "content": SYSTEM},
                {"role": "user", "content": question(number)},
            ]
            engine.answer(messages, PARAMS, schema=SCHEMA)

        def whole(number: int) -> None:
            request = ChatRequest(
                model=MODEL,
                messages=(
                    Message(role="system", content=SYSTEM),
                    Message(role="user", content=question(number)),
                ),
                params=PARAMS,
                response_schema=SCHEMA,
            )
            anyio.run(chat.complete, request)

        alone(0), whole(1)  # load the weights and LiteLLM
        rates: dict[str, list[float]] = {"engine alone": [], "whole path": []}
        number = 10
        for _ in range(ROUNDS):
            for name, call in (("engine alone", alone), ("whole path", whole)):
                start = time.perf_counter()
                for _ in range(CALLS):
                    number += 1
                    call(number)
                rates[name].append(CALLS / (time.perf_counter() - start))
    best = {name: max(values) for name, values in rates.items()}
    print(f"{'path':16}{'calls/s':>10}{'ratio to the limit':>20}")
    for name, rate in best.items():
        print(f"{name:16}{rate:10.2f}{rate / best['engine alone']:20.2f}")
    Path(__file__).with_suffix(".json").write_text(json.dumps(rates, indent=2) + "\n")


if __name__ == "__main__":
    main()
