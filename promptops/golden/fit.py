"""Whether golden cases fit the prompt that is measured on them.

A case that does not fit fails when it is run, or, worse, is counted as a wrong answer that no
wording could have got right.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.core.suggest import did_you_mean
from promptops.errors import PromptOpsError
from promptops.golden.case import GoldenCase
from promptops.prompts.model import Prompt
from promptops.prompts.rendering import render, render_text

FIT_VERSION = "fit@2"
"""Changes with the rules: evidence that cases fit counts for one version of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """Why a case does not fit, and its line or row."""

    line: int
    case_id: str
    message: str

    def __str__(self) -> str:
        """``case "c1": …``."""
        return f'case "{self.case_id}": {self.message}'


def misfits(
    prompt: Prompt, cases: Iterable[GoldenCase], *, metrics: Collection[str] = ()
) -> tuple[Misfit, ...]:
    """Everything in golden cases that a prompt cannot take or cannot answer.

    Inputs are held against the declared variables (names, types, lengths, allowed values) and
    rendered in every wording; answers against the closed lists of the output schema.

    Args:
        prompt: The prompt.
        cases: Its golden cases.
        metrics: What answers are scored by; an answer that is a bare text is held against the
            labels of the schema only where labels are what is scored.
    """
    return tuple(
        Misfit(line=case.line, case_id=case.id, message=message)
        for case in cases
        for message in (*_inputs(prompt, case.inputs), *_answers(prompt, case, metrics))
    )


def _inputs(prompt: Prompt, inputs: Mapping[str, JSON]) -> Iterator[str]:
    into = prompt.retrieval.into if prompt.retrieval else None
    wrong = False
    for name in sorted(inputs.keys() - prompt.declared):
        wrong = True
        known = ", ".join(sorted(prompt.declared)) or "none"
        hint = did_you_mean(name, prompt.declared) or f"variables: {known}"
        yield f'input "{name}" is no variable of the prompt ({hint})'
    for name, variable in prompt.variables.items():
        value = inputs.get(name)
        if value is None:
            if variable.required and name != into:
                wrong = True
                yield f'input "{name}" is missing'
        elif reason := variable.mismatch(value):
            wrong = True
            yield f'input "{name}" {reason}'
    if not wrong:
        yield from _rendered(prompt, inputs)


def _rendered(prompt: Prompt, inputs: Mapping[str, JSON]) -> Iterator[str]:
    """What only shows when the templates are filled, such as a part that an object lacks."""
    values = dict(inputs)
    try:
        if prompt.retrieval is not None and prompt.retrieval.into not in inputs:
            render_text(prompt.retrieval.query, inputs, prompt.variables)
            values[prompt.retrieval.into] = ""
        for variant in (None, *(variant.id for variant in prompt.variants)):
            render(prompt, values, variant=variant)
    except PromptOpsError as problem:
        yield problem.message


def _answers(prompt: Prompt, case: GoldenCase, metrics: Collection[str]) -> Iterator[str]:
    schema = None if prompt.output is None else prompt.output.schema_
    if not isinstance(schema, Mapping):
        return
    answers = [("expected", case.expected)]
    answers += [(f'answer for "{label}"', value) for label, value in case.answers.items()]
    for name, value in answers:
        if value is not None:  # None is the right answer where the prompt must abstain
            yield from _answer(schema, name, value, metrics)


def _answer(
    schema: Mapping[str, JSON], name: str, value: JSON, metrics: Collection[str]
) -> Iterator[str]:
    properties = schema.get("properties")
    if isinstance(value, Mapping) and isinstance(properties, Mapping):
        for field, part in value.items():
            if field in properties:
                yield from _listed(f"{name}.{field}", properties[field], part)
            elif properties and not schema.get("additionalProperties"):
                hint = did_you_mean(field, properties) or f"fields: {', '.join(properties)}"
                yield f'{name} has the field "{field}", the output has not ({hint})'
    elif isinstance(properties, Mapping):
        closed = [part for part in properties.values() if isinstance(part, Mapping)]
        closed = [part for part in closed if part.get("enum")]
        if len(closed) == 1 and "label_match" in metrics:
            yield from _listed(name, closed[0], value)
    else:
        yield from _listed(name, schema, value)


def _listed(name: str, schema: JSON, value: JSON) -> Iterator[str]:
    allowed = schema.get("enum") if isinstance(schema, Mapping) else None
    if not allowed or value is None or _fold(value) in [_fold(member) for member in allowed]:
        return
    shown = ", ".join(str(member) for member in allowed)
    hint = did_you_mean(str(value)[:64], [each for each in allowed if isinstance(each, str)])
    yield (
        f'{name} is "{str(value)[:60]}", which the output does not allow '
        f"({hint or f'one of {shown}'})"
    )


def _fold(value: JSON) -> JSON:
    """Labels are scored without case and joints, so they are compared without them here."""
    if not isinstance(value, str):
        return value
    return " ".join(re.sub(r"[\W_]+", " ", value.casefold()).split())
