"""A rule's docstring, read as its documentation.

Sections: a summary line, ``What it does:``, ``Why is this bad?``, ``Example:``, ``Use instead:``,
``What to do:`` and ``Source:``. The two examples are either the text of a prompt or, when they
begin with a top-level key, a piece of a prompt file; both are run by the tests. A line that ends in
`` × 30`` stands for thirty copies of what precedes it.
"""

import re
from dataclasses import dataclass
from inspect import cleandoc
from textwrap import dedent, indent

_SECTION = re.compile(
    r"^(What it does|Why is this bad|Example|Use instead|What to do|Source)[:?]$", re.MULTILINE
)
_DEFAULTS = {
    "apiVersion": "promptops/v1",
    "kind": "Prompt",
    "id": "example",
    "version": '"1.0.0"',
    "title": "An example",
    "intent": "answer",
    "owner": "{team: docs, contact: docs@example.com}",
    "license": "Apache-2.0",
    "tags": "[docs]",
    "data": "{classification: public, contains_pii: false}",
    "evals": "[{id: gold, dataset: datasets/golden/example.jsonl, "
    "metrics: {exact_match: {min: 0.5}}}]",
}
_REPEATED = re.compile(r"^(.*) × (\d{1,4})$", re.MULTILINE)
_KEY = re.compile(r"^([A-Za-z][\w-]*):(?:\s|$)", re.MULTILINE)
_NAME = re.compile(r"\{\{-?\s*([A-Za-z_]\w*)")
_KEYS = {*_DEFAULTS, "tags", "variables", "messages", "output", "model", "variants", "retrieval"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDocumentation:
    """The sections of a rule's docstring."""

    title: str
    summary: str
    rationale: str
    bad: str
    good: str
    advice: str
    source: str


def read_documentation(docstring: str) -> RuleDocumentation:
    """Take a rule's docstring apart; missing sections are empty."""
    parts = _SECTION.split(cleandoc(docstring))
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    text = {name: dedent(body.strip("\n")).strip() for name, body in sections.items()}
    return RuleDocumentation(
        title=parts[0].strip(),
        summary=_joined(text.get("What it does", "")),
        rationale=_joined(text.get("Why is this bad", "")),
        bad=text.get("Example", ""),
        good=text.get("Use instead", ""),
        advice=_joined(text.get("What to do", "")),
        source=_joined(text.get("Source", "")),
    )


def as_prompt_file(example: str) -> str:
    """The smallest prompt file that holds an example, the example's own lines first.

    A bare text becomes the one user message, with its variables declared; a piece of a prompt
    file keeps its line numbers and gets the keys it lacks.
    """
    example = _REPEATED.sub(lambda match: " ".join([match[1]] * int(match[2])), example)
    keys = set(_KEY.findall(example))
    if not _is_piece(example):
        names = sorted(set(_NAME.findall(example)))
        declared = "".join(f"  {name}: {{type: string, max_length: 200}}\n" for name in names)
        example = f"messages:\n  - role: user\n    content: |-\n{indent(example, '      ')}\n"
        if declared:
            example += f"variables:\n{declared}"
        keys = {"messages", "variables"}
    missing = [f"{key}: {value}" for key, value in _DEFAULTS.items() if key not in keys]
    if "messages" not in keys:
        missing.append("messages: [{role: user, content: Name the capital of France.}]")
    return example.rstrip("\n") + "\n" + "\n".join(missing) + "\n"


def _is_piece(example: str) -> bool:
    first = _KEY.match(example)
    return first is not None and first.group(1) in _KEYS


def _joined(text: str) -> str:
    return " ".join(text.split())
