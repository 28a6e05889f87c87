"""One Prefect server for all flow tests, and a workspace that the embedded model can measure."""

import pytest

from promptops.config.environment import default_weights, prepare_environment
from promptops.errors import ModelNotInstalledError
from promptops.llm.embedded.weights import weights_path
from promptops.testing.workspace import label_prompt, label_rows, make_workspace
from promptops.wiring import open_services

KB = {
    "returns.md": "# Returns\n\nA jacket can be returned within 30 days.\n",
    "delivery.md": "# Delivery\n\nA parcel takes 3 days in the EU.\n",
}
RAG = """
apiVersion: promptops/v1
kind: Prompt
id: policy-answer
version: "1.0.0"
title: Answer from the store policies
intent: answer
owner: {team: support, contact: support@example.com}
license: Apache-2.0
data: {classification: internal}
variables:
  question: {type: string, required: true, trust: untrusted}
messages:
  - {role: system, content: "Answer with a few words from the text."}
  - {role: user, content: "Text: {{ context }}\\nQuestion: {{ question }}"}
model: {params: {temperature: 0, max_tokens: 16}}
retrieval: {kb: policies, version: "sha256:none", query: "{{ question }}", top_k: 1, into: context}
evals:
  - {id: gold, dataset: datasets/golden/policy-answer.jsonl, metrics: {contains: {min: 0}}}
"""

SETTINGS = """
[general]
name = "shop"
[nightly]
optimize_calls = 30
families = ["claude"]
"""


def rag_rows():
    def row(name, question, old, new):
        answers = {"2026-06": old, "2026-11": new}
        return {"id": name, "inputs": {"question": question}, "answers": answers}

    return [
        row("returns", "How long can a jacket be returned?", "30 days", "45 days"),
        row("delivery", "How long does a parcel take?", "3 days", "3 days"),
    ]


@pytest.fixture(scope="session")
def prefect_server():
    prepare_environment()
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
        yield


@pytest.fixture
def workspace(tmp_path):
    try:
        weights_path("embedded/smollm2-135m", default_weights())
    except ModelNotInstalledError as problem:
        pytest.skip(str(problem))
    return make_workspace(
        tmp_path / "shop",
        prompts={
            "support/topic": label_prompt("topic"),
            "support/mood": label_prompt("mood", wording="Say what the message is about."),
            "support/policy-answer": RAG,
        },
        golden={"topic": label_rows(9), "mood": label_rows(9), "policy-answer": rag_rows()},
        kb={"policies": KB},
        settings=SETTINGS,
    )


@pytest.fixture
def services(workspace):
    return open_services(workspace.root)
