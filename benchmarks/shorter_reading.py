"""How `shorter_real.py` and `shorter_routing.py` read the prompts of others out of packages."""

import ast
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shorter_tasks import CASES, Task

from promptops.golden.case import GoldenCase, GoldenSet
from promptops.prompts.model import Prompt
from promptops.prompts.template import escape_literal

DATA = Path(os.environ.get("PROMPTOPS_DATA", "../shared/data")).absolute()
PACKAGES = Path(os.environ.get("PROMPTOPS_SHORTER", ".venv-shorter")).absolute()
_LABEL_TOKENS, _ANSWER_TOKENS = 40, 24

Row = tuple[Mapping[str, str], str]
"""Inputs and expected answer."""


def string_of(file: str, start: str, holding: str) -> str:
    """The string constant of a file that begins and holds so."""
    tree = ast.parse((PACKAGES / file).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and text.startswith(start) and holding in text:
            return text
    raise ValueError(f"{file} holds no text with {holding} that begins with {start!r}")


def template_of(
    text: str, places: Mapping[str, str], fixed: Mapping[str, str] | None = None
) -> str:
    """The text in our notation: ``{name}`` and ``{{name}}`` become variables or what is fixed."""
    found = re.split(r"\{{1,2} ?(\w+) ?\}{1,2}", text)
    pieces = []
    for number, piece in enumerate(found):
        if number % 2 == 0:
            pieces.append(escape_literal(piece))
        elif piece in places:
            pieces.append(f"{{{{ {places[piece]} }}}}")
        elif fixed and piece in fixed:
            pieces.append(fixed[piece])
        else:
            raise ValueError(f"nothing is known to stand for {{{piece}}}")
    return "".join(pieces).strip()


def make_task(
    name: str, texts: Sequence[str], rows: Sequence[Row], labels: Sequence[str], who: str
) -> Task:
    """A prompt of one text, or of a system text and turns, and its cases; no labels: free text."""
    variables = dict.fromkeys(
        variable for text in texts for variable in re.findall(r"\{\{ (\w+) \}\}", text)
    )
    turns = ["user" if number % 2 == 0 else "assistant" for number in range(len(texts) - 1)]
    roles = ["system", *turns] if turns else ["user"]
    longest = _LABEL_TOKENS if labels else _ANSWER_TOKENS
    prompt = Prompt.model_validate(
        {
            "id": name.replace("_", "-"),
            "version": "1.0.0",
            "title": name.replace("-", " ").replace("_", " "),
            "intent": "classify" if labels else "answer",
            "variables": {variable: {} for variable in variables},
            "messages": [
                {"role": role, "content": text} for role, text in zip(roles, texts, strict=True)
            ],
            **({"output": {"schema": {"type": "string", "enum": [*labels]}}} if labels else {}),
            "model": {"params": {"temperature": 0, "max_tokens": longest}},
        }
    )
    cases = tuple(
        GoldenCase(
            id=f"{prompt.id}-{number:03}",
            inputs={variable: inputs[variable] for variable in variables},
            expected=label,
        )
        for number, (inputs, label) in enumerate(rows[:CASES])
    )
    golden = GoldenSet(name=prompt.id, path=Path(f"{prompt.id}.jsonl"), cases=cases)
    metric = "label_match" if labels else "contains"
    return Task(prompt=prompt, golden=golden, frame=who, metric=metric)


def read_yaml(file: str) -> Any:
    """A YAML file of a package."""
    import yaml

    return yaml.safe_load((PACKAGES / file).read_text(encoding="utf-8"))


def read_json(name: str, folder: Path = DATA) -> Any:
    """A JSON file of the data, or of another folder."""
    return json.loads((folder / name).read_text(encoding="utf-8"))
