"""The reference of the steps, written from the steps themselves.

python -m promptops.rewrite.reference docs/reference/rewrite-steps.md
"""

import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from promptops.core.files import write_atomic
from promptops.models.claims import Claim
from promptops.models.dialects import Dialect, dialects
from promptops.rewrite.step import Step
from promptops.rewrite.steps import STEPS

_HEAD = """\
# Steps of a rewrite

Made by `python -m promptops.rewrite.reference docs/reference/rewrite-steps.md`.

A rewrite applies these steps in this order, again and again until nothing changes any more. A step
is taken when a claim of the target's [dialect](dialects.md) asks for it; each can be declined by
its name (`promptops rewrite PROMPT --without NAME`). A step is **required** only where the claim is
hard, which means that the API or the chat template refuses or ignores the old form, and the old
form does not work beside it; every other one is **optional**. Changed parameters are declined as
`fit-` and the parameter's name (`fit-temperature`).

What comes out is checked against the base wording. An optional step that loses something is left
out and the reason told; where a required one does, there is no rewrite. What a step adds or takes
out on purpose (**not checked** below) is left out of the comparison on both sides.
"""


def reference(steps: Sequence[Step], known: Mapping[str, Dialect]) -> str:
    """The page about some steps, in their order, as Markdown."""
    lines = [_HEAD, *_table(steps, known)]
    for step in steps:
        lines += ["", *_section(step, known)]
    return "\n".join(lines) + "\n"


def _table(steps: Sequence[Step], known: Mapping[str, Dialect]) -> Iterator[str]:
    yield "| step | asked for by | kind | families |"
    yield "|---|---|---|---|"
    for step in steps:
        families = dict.fromkeys(claim.family for claim in _claims(step, known))
        cells = (f"[`{step.name}`](#{step.name})", _asked(step), _kind(step, known))
        yield f"| {' | '.join(cells)} | {', '.join(families) or 'none yet'} |"


def _section(step: Step, known: Mapping[str, Dialect]) -> Iterator[str]:
    yield f"## {step.name}"
    yield ""
    yield inspect.cleandoc(type(step).__doc__ or "")
    yield ""
    yield f"- Why: it {step.reason}."
    yield f"- Asked for by: {_asked(step)}. {_kind(step, known).capitalize()}."
    if _has_own(step, "undo"):
        yield "- Reversible: the neutral wording has the old form."
    if _has_own(step, "waive"):
        yield "- Not checked: what it adds or takes out on purpose."
    for claim in _claims(step, known):
        yield f"- `{claim.id}` ({claim.kind}): {claim.text} [{claim.source}]({claim.url})"


def _asked(step: Step) -> str:
    values = ", ".join(f"`{value}`" for value in sorted(step.values))
    return f"`{step.topic}` = {values}"


def _kind(step: Step, known: Mapping[str, Dialect]) -> str:
    kinds = {claim.kind for claim in _claims(step, known)}
    if step.optional or "hard" not in kinds:
        return "optional"
    return "required" if kinds == {"hard"} else "required where the claim is hard"


def _claims(step: Step, known: Mapping[str, Dialect]) -> list[Claim]:
    return [
        claim
        for dialect in known.values()
        for claim in dialect.claims
        if claim.topic == step.topic and claim.value in step.values
    ]


def _has_own(step: Step, method: str) -> bool:
    return getattr(type(step), method) is not getattr(Step, method)


def main() -> None:
    """Write the page to the path that is named."""
    write_atomic(Path(sys.argv[1]), reference(STEPS, dialects()))


if __name__ == "__main__":
    main()
