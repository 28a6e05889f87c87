"""What the golden cases of a prompt ask and expect, read once for the rules that compare."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from promptops.core.canonical import JSON
from promptops.golden.case import GoldenCase
from promptops.prompts.model import Prompt

_JOINTS = re.compile(r"[\W_]{1,4096}")


def fold(value: JSON) -> str:
    """A label without case, joints and punctuation, as `label_match` compares labels."""
    return " ".join(_JOINTS.sub(" ", str(value).casefold()).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One right answer; ``where`` is the set and line of its case, or the case's id."""

    case: GoldenCase
    where: str
    value: JSON

    @property
    def text(self) -> str:
        """``golden case "c1" (datasets/golden/a.jsonl:3)``."""
        return f'golden case "{self.case.id}" ({self.where})'


class Answers:
    """The cases of one prompt.

    Attributes:
        inputs: The inputs of every case.
        expected: Every right answer that is not "abstain", in the order of the cases.
        abstains: Whether some case wants the prompt to abstain.
    """

    def __init__(self, prompt: Prompt, cases: Iterable[tuple[str, GoldenCase]]) -> None:
        """Read the cases, each with the path of its set."""
        self.inputs: list[Mapping[str, JSON]] = []
        self.expected: list[Expected] = []
        self.abstains = False
        for path, case in cases:
            self.inputs.append(case.inputs)
            where = f"{path}:{case.line}" if case.line else path
            values = list(case.answers.values())
            if case.expected is not None or not values:
                values.append(case.expected)
            for value in values:
                if value is None:
                    self.abstains = True
                else:
                    self.expected.append(Expected(case=case, where=where, value=value))
        self._only = _only_label(prompt)

    @property
    def objects(self) -> list[Expected]:
        """The right answers that are JSON objects."""
        return [item for item in self.expected if isinstance(item.value, Mapping)]

    @property
    def texts(self) -> list[tuple[Expected, str]]:
        """The right answers that are one bare text."""
        return [(item, item.value) for item in self.expected if isinstance(item.value, str)]

    def of(self, key: str) -> list[tuple[Expected, JSON]]:
        """What is expected of one key of the output.

        A bare value counts for the only key with a closed list: label sets are written so.
        """
        found: list[tuple[Expected, JSON]] = []
        for item in self.expected:
            if isinstance(item.value, Mapping):
                if key in item.value:
                    found.append((item, item.value[key]))
            elif key == self._only:
                found.append((item, item.value))
        return found

    def leaves(self) -> Iterator[tuple[Expected, JSON]]:
        """Every text, number and truth value in the right answers."""
        for item in self.expected:
            for value in _leaves(item.value):
                yield item, value


def _leaves(value: JSON) -> Iterator[JSON]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


def output_keys(prompt: Prompt) -> Mapping[str, Mapping[str, JSON]]:
    """The top-level keys of a prompt's JSON output, with their schemas; empty without any."""
    schema = prompt.output.schema_ if prompt.output is not None else {}
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return {}
    return {name: part for name, part in properties.items() if isinstance(part, Mapping)}


def choices(part: Mapping[str, JSON]) -> tuple[JSON, ...]:
    """The closed list of values that a schema allows; empty when it is open."""
    listed = part.get("enum")
    return tuple(listed) if isinstance(listed, list | tuple) else ()


def _only_label(prompt: Prompt) -> str | None:
    """The only key with a closed list, when answers are scored as labels."""
    closed = [name for name, part in output_keys(prompt).items() if choices(part)]
    scored = any("label_match" in item.scorers for item in prompt.evals)
    return closed[0] if scored and len(closed) == 1 else None
