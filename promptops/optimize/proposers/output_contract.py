"""The output contract in words: which answers there are and what they look like."""

import json
from collections.abc import Mapping, Sequence
from typing import ClassVar

from promptops.core.canonical import JSON
from promptops.optimize.candidate import Candidate, OptimizeTask
from promptops.optimize.labels import closed_labels
from promptops.optimize.wording import instruction_text, with_instruction
from promptops.prompts.digests import variant_digest
from promptops.prompts.template import escape_literal
from promptops.scoring.scorers.label_match import fold_label


class OutputContract:
    """Tells the model which answers are expected, where the wording does not.

    Constrained decoding forces the form of an answer, but a model that was never told the
    labels picks among them blindly.
    """

    name: ClassVar[str] = "output_contract"
    cost: ClassVar[int] = 0

    async def propose(self, task: OptimizeTask) -> Sequence[Candidate]:
        """See `Proposer.propose`."""
        found = []
        told = fold_label(instruction_text(task.prompt))
        labels = closed_labels(task)
        missing = [label for label in labels if fold_label(label) not in told]
        if missing:
            text = f"Choose one label: {', '.join(labels)}."
            reason = f"name the {len(labels)} labels ({len(missing)} were never named)"
            found.append(_candidate(task, text, reason))
        shape = "" if task.prompt.output is None else _shape(task.prompt.output.schema_)
        if shape and "json" not in told:
            text = f"Answer with JSON only: {shape}"
            found.append(_candidate(task, text, "say what the JSON answer looks like"))
        return tuple(found)


def _candidate(task: OptimizeTask, text: str, reason: str) -> Candidate:
    return Candidate(
        prompt=with_instruction(task.prompt, escape_literal(text)),
        proposer=OutputContract.name,
        reason=reason,
        parents=(variant_digest(task.prompt, None),),
    )


def _shape(schema: JSON) -> str:
    """An object with a placeholder for each property, such as ``{"label": "a|b"}``."""
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(properties, Mapping) or not properties:
        return ""
    parts = {}
    for name, part in properties.items():
        enum = part.get("enum") if isinstance(part, Mapping) else None
        kind = part.get("type", "value") if isinstance(part, Mapping) else "value"
        parts[name] = "|".join(map(str, enum)) if enum else f"<{kind}>"
    return json.dumps(parts, ensure_ascii=False)
