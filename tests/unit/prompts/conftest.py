"""What the tests of prompts share."""

import os
from pathlib import Path

import pytest

EXAMPLE = """\
apiVersion: promptops/v1
kind: Prompt
id: refund-answer
version: "2.1.0"
title: Answer a refund question
intent: answer
owner: {team: support, contact: support@example.com}
license: LicenseRef-Internal
tags: [support, refund]
data: {classification: internal, contains_pii: true, residency: [eu]}
variables:
  question: {type: string, required: true, max_length: 2000, trust: untrusted}
  tone: {type: string, enum: [plain, formal], default: plain}
messages:
  - role: system
    content: "Answer from the context only. Tone: {{ tone }}."
  - role: user
    content: |-
      Context:
      {{ context }}

      Question: {{ question }}
output: {schema: {type: object, required: [answer], properties: {answer: {type: string}}}}
model: {requires: {context: 4000}, params: {temperature: 0, max_tokens: 120}}
variants:
  - id: claude
    when: {family: [claude]}
    messages:
      - role: user
        content: "<context>{{ context }}</context> {{ question }}"
    params: {max_tokens: 200}
retrieval: {kb: support, query: "{{ question }}", top_k: 4, into: context}
evals:
  - {id: gold, dataset: datasets/golden/refund.jsonl, metrics: {exact_match: {min: 0.8}}}
compliance: {controls: [eu-ai-act.art13]}
"""


@pytest.fixture(scope="session")
def example() -> str:
    """The prompt file of the design document."""
    return EXAMPLE


@pytest.fixture
def data() -> Path:
    """The folder of real data; the test is skipped where it is not."""
    root = Path(__file__).parents[3]
    folder = Path(os.environ.get("PROMPTOPS_DATA", root.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs real data: set PROMPTOPS_DATA ({folder} is not there)")
    return folder
