"""REG011."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from promptops.core.canonical import JSON
from promptops.lint.finding import Finding, Severity
from promptops.lint.json_text import json_blocks, mask_slots, read
from promptops.lint.project.answers import Answers, Expected, choices, fold, output_keys
from promptops.lint.project.demands import (
    Demand,
    LengthLimit,
    date_forms,
    label_lists,
    length_limits,
    letter_cases,
)
from promptops.lint.project.model import Member, Project
from promptops.lint.project.rule import ProjectRule
from promptops.lint.text import sentences
from promptops.prompts.strict_yaml import pointer_to

_DATE_LIKE = re.compile(r"[0-9]{1,4}([-./])[0-9]{1,2}\1[0-9]{1,4}")
_CASED = frozenset({"exact_match", "ragas.exact_match", "ragas.string_presence"})
_PLAIN = frozenset({"type", "enum", "title", "description", "default", "examples"})
_NUMERIC = ("number", "integer")
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (Mapping,),
    "null": (type(None),),
}


class GoldenContradiction(ProjectRule):
    """The prompt forbids an answer that its golden set expects.

    What it does:
        Holds the right answers of the golden set against the declared output (closed lists, types,
        patterns, keys) and against the wording: its list of labels, its limit of words, its form
        of dates, upper or lower case where the metric tells them apart, the keys of the JSON that
        it shows.

    Why is this bad?
        The better the model obeys, the worse it scores: the measurement punishes what the prompt
        asks for, and optimization unlearns it.

    Example:
        id: topic
        messages: [{role: user, content: "Name the topic in one word: delivery, refund or other."}]
        evals: [{id: gold, dataset: datasets/golden/example.jsonl,
          metrics: {exact_match: {min: 0.5}}}]
        ---
        golden:
          - expected: delivery
          - expected: other
          - expected: late refund

    Use instead:
        id: topic
        messages: [{role: user, content: "Name the topic in one word: delivery, refund or other."}]
        evals: [{id: gold, dataset: datasets/golden/example.jsonl,
          metrics: {exact_match: {min: 0.5}}}]
        ---
        golden:
          - expected: delivery
          - expected: other
          - expected: refund

    What to do:
        Decide which of the two is right, and correct the other.

    Source:
        OpenAI prompt optimization cookbook, checks of examples against instructions; NIST AI RMF,
        MEASURE 2.3.
    """

    code = "REG011"
    name = "golden-contradiction"
    severity = Severity.WARNING
    tags = ("nist-rmf-measure",)
    needs = ("golden",)

    def check_project(self, project: Project) -> Iterator[Finding]:
        """Yield one finding for each demand that some case contradicts."""
        for member in project.members:
            cases = project.cases(member.prompt)
            if cases:
                answers = Answers(member.prompt, cases)
                yield from self._schema(member, answers)
                yield from self._shown_keys(member, answers)
                for demand, wrong in _broken(member, answers):
                    if not wrong:
                        continue
                    text = f'{_cases(wrong)}, against "{demand.words}"'
                    yield self.found(member.parsed, demand.message, demand.span, text)

    def _schema(self, member: Member, answers: Answers) -> Iterator[Finding]:
        keys = output_keys(member.prompt)
        allowed = _Allowed(member)
        for key, part in keys.items():
            pointer = pointer_to("output", "schema", "properties", key)
            takes = allowed.test(part)
            wrong = [(item, value) for item, value in answers.of(key) if not takes(value)]
            if wrong:
                text = f'{_cases(wrong)} as "{key}", which the declared output refuses'
                yield self.found_at_key(member.parsed, pointer, text)
        output = member.prompt.output
        if not keys or output is None or output.schema_.get("additionalProperties"):
            return
        yield from self._foreign(member, answers, keys, "the declared output has not")

    def _shown_keys(self, member: Member, answers: Answers) -> Iterator[Finding]:
        """Without a declared output, the keys of the JSON that the wording shows."""
        if member.prompt.output is not None:
            return
        shown: set[str] = set()
        for message in member.parsed.messages:
            texts = [block.text for block in json_blocks(message)]
            if message.role == "assistant":
                texts.append(mask_slots(message.text))
            for text in texts:
                value, _ = read(text)
                shown |= set(value) if isinstance(value, dict) else set()
        if shown:
            yield from self._foreign(member, answers, shown, "no JSON in the prompt shows")

    def _foreign(
        self, member: Member, answers: Answers, keys: Iterable[str], fault: str
    ) -> Iterator[Finding]:
        known = set(keys)
        first: dict[str, Expected] = {}
        for item in answers.objects:
            for key in item.value:
                if key not in known:
                    first.setdefault(key, item)
        for key, item in first.items():
            text = f'{item.text} expects the key "{key}", which {fault}'
            yield self.found_at_key(member.parsed, "/output/schema", text)


def _broken(
    member: Member, answers: Answers
) -> Iterator[tuple[Demand, list[tuple[Expected, JSON]]]]:
    """Demands of the wording with the right answers that break them."""
    for limit in length_limits(member.parsed):
        yield limit, [each for each in _limited(member, answers, limit) if _over(limit, each[1])]
    metrics = {name for item in member.prompt.evals for name in item.scorers}
    if metrics & _CASED:
        for case in letter_cases(member.parsed):
            wrong = [
                (item, text)
                for item, text in answers.texts
                if text != (text.upper() if case.upper else text.lower())
            ]
            yield case, wrong
    for form in date_forms(member.parsed):
        dates = [
            (item, value)
            for item, value in answers.leaves()
            if isinstance(value, str) and _DATE_LIKE.fullmatch(value.strip())
        ]
        yield form, [each for each in dates if not form.pattern.fullmatch(each[1].strip())]
    if not any(choices(part) for part in output_keys(member.prompt).values()):
        texts = answers.texts
        distinct = {fold(text) for _, text in texts}
        for item in label_lists(member.parsed):
            listed = {fold(label) for label in item.labels}
            # Believed as the list of labels when most of what the cases expect is in it.
            if len(distinct & listed) >= max(2, 2 * len(distinct) / 3):
                yield item, [each for each in texts if fold(each[1]) not in listed]


def _limited(member: Member, answers: Answers, limit: LengthLimit) -> list[tuple[Expected, JSON]]:
    """The texts that a limit is about: bare answers, or one key that its sentence names."""
    keys = output_keys(member.prompt)
    if not keys:
        return list(answers.texts) if not limit.parts else []
    named = [key for key in keys if fold(key) in limit.parts]
    return answers.of(named[0]) if len(named) == 1 else []


def _over(limit: LengthLimit, value: JSON) -> bool:
    if not isinstance(value, str):
        return False
    if limit.unit == "word":
        count = len(value.split())
    elif limit.unit == "sentence":
        count = sum(1 for _ in sentences(value))
    elif limit.unit == "line":
        count = len(value.strip().split("\n"))
    else:
        count = len(value)
    return count > limit.most


class _Allowed:
    """What the parts of a prompt's output schema take."""

    def __init__(self, member: Member) -> None:
        output = member.prompt.output
        self._schema = output.schema_ if output is not None else {}

    def test(self, part: Mapping[str, JSON]) -> Callable[[JSON], bool]:
        """Whether a part takes a value: labels as `label_match` reads them, numbers as text too.

        None is always taken: there the prompt has to abstain.
        """
        if labels := frozenset(map(fold, choices(part))):
            return lambda value: value is None or fold(value) in labels
        if set(part) <= _PLAIN:
            return lambda value: value is None or _of_type(part.get("type"), value)
        from jsonschema import Draft202012Validator

        # Evolved from the whole schema, so that references into it are found.
        validator = Draft202012Validator(self._schema).evolve(schema=part)
        numeric = part.get("type") in _NUMERIC
        return lambda value: (
            value is None
            or (numeric and _is_number_as_text(value))
            or bool(validator.is_valid(value))
        )


def _of_type(names: JSON, value: JSON) -> bool:
    if names is None:
        return True
    if names in _NUMERIC and _is_number_as_text(value):
        return True
    listed = [names] if isinstance(names, str) else list(names)
    if isinstance(value, bool):
        return "boolean" in listed
    if isinstance(value, float) and value.is_integer() and "integer" in listed:
        return True
    return any(isinstance(value, _TYPES.get(name, (object,))) for name in listed)


def _is_number_as_text(value: JSON) -> bool:
    return isinstance(value, str) and any(char.isdigit() for char in value)


def _cases(wrong: list[tuple[Expected, JSON]]) -> str:
    item, value = wrong[0]
    words = " ".join(str(value).split())
    shown = words if len(words) <= 60 else f"{words[:60]}…"
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return f'{item.text}{more} expects "{shown}"'
