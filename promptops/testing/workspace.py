"""A small workspace made on the spot."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from promptops.config import Workspace
from promptops.core.canonical import JSON
from promptops.core.files import write_atomic
from promptops.core.jsonl import write_jsonl
from promptops.prompts.loader import parse_prompt
from promptops.prompts.model import Prompt
from promptops.prompts.writing import dump_prompt

LABELS = ("delivery", "payment", "other")
"""The labels of `label_prompt`."""


def make_workspace(
    root: Path,
    *,
    prompts: Mapping[str, Prompt | str] | None = None,
    golden: Mapping[str, Iterable[Mapping[str, JSON]]] | None = None,
    kb: Mapping[str, Mapping[str, str]] | None = None,
    settings: str = "",
    files: Mapping[str, str] | None = None,
) -> Workspace:
    """Write a workspace.

    Args:
        root: Its folder; made when missing.
        prompts: ``area/id`` -> a prompt, or the text of its file as it is to stand there.
        golden: Name -> rows of ``datasets/golden/<name>.jsonl``.
        kb: Name -> documents by path, for ``datasets/kb/<name>`` (label ``2026-06``).
        settings: What ``promptops.toml`` says.
        files: Any other file by its path.
    """
    workspace = Workspace(root=root.resolve())
    write_atomic(workspace.settings_file, settings or '[general]\nname = "sample"\n')
    for place, prompt in (prompts or {}).items():
        text = prompt if isinstance(prompt, str) else dump_prompt(prompt)
        write_atomic(workspace.prompts / f"{place}.prompt.yaml", text)
    for name, rows in (golden or {}).items():
        write_jsonl(workspace.golden / f"{name}.jsonl", rows)
    for name, documents in (kb or {}).items():
        folder = workspace.kb / name
        write_atomic(folder / "kb.yaml", f'name: {name}\nlabel: "2026-06"\ntitle: {name}\n')
        for path, text in documents.items():
            write_atomic(folder / path, text)
    for path, text in (files or {}).items():
        write_atomic(workspace.root / path, text)
    return workspace


def label_prompt(prompt_id: str, *, wording: str = "Sort the message by topic.") -> Prompt:
    """A prompt that sorts a message into `LABELS`, measured on ``datasets/golden/<id>.jsonl``."""
    text = f"""
apiVersion: promptops/v1
kind: Prompt
id: {prompt_id}
version: "1.0.0"
title: Sort a message by topic
intent: classify
owner: {{team: support, contact: support@example.com}}
license: Apache-2.0
tags: [support]
data: {{classification: internal, contains_pii: false, residency: [eu]}}
variables:
  message: {{type: string, required: true, max_length: 600, trust: untrusted}}
messages:
  - role: system
    content: "{wording}"
  - role: user
    content: |-
      <message>
      {{{{ message }}}}
      </message>
output:
  schema:
    type: object
    required: [label]
    properties: {{label: {{type: string, enum: [{", ".join(LABELS)}]}}}}
model: {{requires: {{context: 1000}}, params: {{temperature: 0, max_tokens: 24, seed: 7}}}}
evals:
  - {{id: gold, dataset: datasets/golden/{prompt_id}.jsonl, metrics: {{label_match: {{min: 0.1}}}}}}
"""
    return parse_prompt(text, "label_prompt").prompt


def label_rows(count: int = 12) -> list[dict[str, JSON]]:
    """Golden rows for `label_prompt`, the labels in turn."""
    return [
        {
            "id": f"case-{number:02}",
            "inputs": {"message": f"Message {number} about {LABELS[number % len(LABELS)]}."},
            "expected": {"label": LABELS[number % len(LABELS)]},
        }
        for number in range(count)
    ]
