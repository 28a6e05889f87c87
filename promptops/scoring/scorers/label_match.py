"""Label match."""

import re
from collections.abc import Mapping
from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.prompts.model import Prompt
from promptops.scoring.reading import answer_text, expected_text
from promptops.scoring.scorer import Score


class LabelMatch:
    """1 when the answer gives the expected label.

    The label is the JSON field that the expected value names, or the whole answer, or the only
    label of the output schema that a free answer mentions. Case and the joints of a label
    (``late_delivery``, ``late-delivery``, ``Late delivery``) do not count.
    """

    name: ClassVar[str] = "label_match"
    version: ClassVar[str] = "1"

    def score(self, *, answer: str, expected: JSON, prompt: Prompt, **_: object) -> Score:
        """See `Scorer.score`."""
        wanted, got = fold_label(expected_text(expected)), fold_label(answer_text(answer, expected))
        if got != wanted:
            mentioned = [
                label
                for label in map(fold_label, schema_labels(prompt))
                if re.search(rf"\b{re.escape(label)}\b", got)
            ]
            got = mentioned[0] if len(mentioned) == 1 else got
        right = got == wanted
        return Score(value=float(right), reason="right" if right else f'said "{got[:60]}"')


def fold_label(text: str) -> str:
    """A label without case, joints and surrounding punctuation."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


def schema_labels(prompt: Prompt) -> tuple[str, ...]:
    """The closed label set in a prompt's output schema, or nothing.

    That is the ``enum`` of strings of the only property that has one.
    """
    schema = None if prompt.output is None else prompt.output.schema_
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(properties, Mapping):
        return ()
    enums = [
        tuple(each["enum"])
        for each in properties.values()
        if isinstance(each, Mapping) and each.get("enum")
    ]
    if len(enums) != 1 or not all(isinstance(label, str) for label in enums[0]):
        return ()
    return enums[0]
