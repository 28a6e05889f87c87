"""CON009."""

from collections.abc import Iterator, Mapping

from promptops.core.canonical import JSON
from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage
from promptops.lint.project.answers import choices, output_keys
from promptops.lint.project.model import Member, Project
from promptops.lint.project.rule import ProjectRule
from promptops.lint.project.stages import (
    Seam,
    nearly_same_choices,
    schema_range,
    seams,
    stated_range,
)
from promptops.prompts.strict_yaml import pointer_to

_NUMERIC = ("integer", "number")
Range = tuple[float, float]


class StageDisagreement(ProjectRule):
    """Two prompts disagree on what they hand over.

    What it does:
        Where one prompt writes a key and another reads a variable of that name, flags another
        type, values that the reader does not take, and another range of numbers in schema or
        wording. Stages are prompts with the same `x-pipeline`; without it, prompts of one area,
        when the name is a telling one. Also flags prompts of one pipeline, and judges of one area,
        that write the same key on other scales or with nearly the same values.

    Why is this bad?
        Each prompt passes its own tests. What breaks is the seam, where nobody looks: a 0.8 out of
        1 is read as less than 1 out of 10.

    Example:
        id: rate
        x-pipeline: review
        messages: [{role: user, content: Rate the draft.}]
        output: {schema: {type: object, properties: {score: {type: number, minimum: 0,
          maximum: 1}}}}
        ---
        id: decide
        x-pipeline: review
        variables: {score: {type: number}}
        messages: [{role: user, content: "The score, from 1 to 10, is {{ score }}. Print or not?"}]

    Use instead:
        id: rate
        x-pipeline: review
        messages: [{role: user, content: Rate the draft.}]
        output: {schema: {type: object, properties: {score: {type: number, minimum: 0,
          maximum: 1}}}}
        ---
        id: decide
        x-pipeline: review
        variables: {score: {type: number}}
        messages: [{role: user, content: "The score, from 0 to 1, is {{ score }}. Print or not?"}]

    What to do:
        Agree on one type, one list or one scale, and write it into both files.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), integration of prompts; consumer-driven
        contracts (Robinson 2006).
    """

    code = "CON009"
    name = "stage-disagreement"
    severity = Severity.WARNING
    tags = ("pd-structure", "pd-context")

    def check_project(self, project: Project) -> Iterator[Finding]:
        """Yield one finding for each seam, at the reading prompt or the later of two writers."""
        for seam in seams(project):
            yield from self._seam(seam)
        writers: dict[tuple[str, str], list[Member]] = {}
        for member in project.members:
            for key in output_keys(member.prompt) if (shared := _shared(member)) else ():
                writers.setdefault((shared, key), []).append(member)
        for (_, key), members in writers.items():
            for two in members[1:]:
                yield from self._writers(members[0], two, key)

    def _seam(self, seam: Seam) -> Iterator[Finding]:
        giver = seam.giver.prompt.id
        severity = Severity.ERROR if seam.declared else None
        pointer = pointer_to("variables", seam.key)
        parsed = seam.taker.parsed
        fault = _mismatch(seam)
        if fault:
            text = f'"{giver}" writes "{seam.key}" {fault}'
            yield self.found_at_key(parsed, pointer, text, severity=severity)
            return
        given = _written_range(seam.giver, seam.key, seam.part)
        read = _read_range(seam.taker, seam.key)
        if given is not None and read is not None and given != read[0]:
            _, message, span = read
            text = f'"{giver}" writes "{seam.key}" from {_shown(given)}'
            yield self.found(parsed, message, span, text, severity=severity)

    def _writers(self, one: Member, two: Member, key: str) -> Iterator[Finding]:
        left, right = output_keys(one.prompt)[key], output_keys(two.prompt)[key]
        pointer = pointer_to("output", "schema", "properties", key)
        if nearly_same_choices(left, right):
            values = ", ".join(str(value) for value in choices(left))
            text = f'"{one.prompt.id}" writes nearly the same "{key}": {values}'
            yield self.found_at_key(two.parsed, pointer, text, severity=Severity.INFO)
        ranges = _written_range(one, key, left), _written_range(two, key, right)
        if ranges[0] is not None and ranges[1] is not None and ranges[0] != ranges[1]:
            text = f'"{one.prompt.id}" writes "{key}" from {_shown(ranges[0])}'
            yield self.found_at_key(two.parsed, pointer, text)


def _shared(member: Member) -> str:
    """What a prompt has in common with those that should write a key alike; "" for nothing."""
    if member.pipeline:
        return f"pipeline {member.pipeline}"
    return f"area {member.area}" if member.prompt.intent == "judge" else ""


def _mismatch(seam: Seam) -> str:
    """How what is written does not fit what is read; "" when it does, or when nobody says."""
    variable, part = seam.variable, seam.part
    written = part.get("type")
    declared = "type" in variable.model_fields_set
    if declared and isinstance(written, str) and written != variable.type:
        wider = written == "integer" and variable.type == "number"
        if not wider and not (
            variable.type == "string" and not choices(part) and not seam.declared
        ):
            return f"as {_article(written)}, this reads {_article(variable.type)}"
    listed = choices(part)
    if listed and variable.enum:
        foreign = [value for value in listed if value is not None and value not in variable.enum]
        if foreign:
            return f'as "{foreign[0]}" too, which this does not take'
    return ""


def _written_range(member: Member, key: str, part: Mapping[str, JSON]) -> Range | None:
    if part.get("type") not in _NUMERIC:
        return None
    declared = schema_range(part)
    if declared is not None:
        return declared
    stated = _read_range(member, key)
    return stated[0] if stated is not None else None


def _read_range(member: Member, key: str) -> tuple[Range, ParsedMessage, tuple[int, int]] | None:
    for message in member.parsed.messages:
        if message.is_shot:
            continue
        found = stated_range(message.lower, key)
        if found is not None:
            return found[0], message, found[1]
    return None


def _shown(numbers: Range) -> str:
    return f"{numbers[0]:g} to {numbers[1]:g}"


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aio' else 'a'} {name}"
