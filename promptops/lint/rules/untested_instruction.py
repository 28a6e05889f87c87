"""REG010."""

import re
from collections.abc import Iterator, Mapping, Sequence

from promptops.core.canonical import JSON
from promptops.lint.finding import Finding, Severity
from promptops.lint.project.answers import Answers, choices, fold, output_keys
from promptops.lint.project.demands import branches, label_lists
from promptops.lint.project.languages import languages_of, same_language_demands
from promptops.lint.project.model import Member, Project
from promptops.lint.project.rule import ProjectRule
from promptops.lint.slots import tags
from promptops.prompts.model import Variable
from promptops.prompts.strict_yaml import pointer_to

_TEST = re.compile(
    r"(?:if|elif)\s{1,9}(?P<negated>not\s{1,9})?(?P<name>[A-Za-z_]\w{0,63})"
    r"(?:\s{0,9}==\s{0,9}(?P<quote>['\"])(?P<value>[^'\"]{0,80})(?P=quote))?\s{0,9}-?"
)
_NOTHING = re.compile(
    r"\b(?:no|not|none|nothing|cannot|can't|isn't|doesn't|missing|absent|empty|unclear|unknown"
    r"|unrelated|without|lacks?|fails?|unable|irrelevant)\b"
)
_ABSTENTIONS = frozenset({"null", "none", "n a", "unknown", ""})
_SHOWN = 5
_FEWEST_LANGUAGE_CASES = 5


class UntestedInstruction(ProjectRule):
    """An instruction that no golden case exercises.

    What it does:
        Holds what can be told apart in a prompt against its golden cases: every label and every
        truth value of the output is expected by some case, every key occurs, every `if …, answer
        "…"` leads some case to its answer, every branch of the template and every value of a
        closed variable is taken by some input, and "in the language of the user" meets two
        languages.

    Why is this bad?
        The score says nothing about that part of the prompt: it can break with every case green.

    Example:
        id: mood
        messages: [{role: user, content: 'Tell the mood. If there is no text, answer "empty".'}]
        output:
          schema: {type: object, properties: {label: {enum: [happy, angry, empty]}}}
        evals: [{id: gold, dataset: datasets/golden/example.jsonl,
          metrics: {label_match: {min: 0.5}}}]
        ---
        golden:
          - expected: {label: happy}
          - expected: {label: angry}

    Use instead:
        id: mood
        messages: [{role: user, content: 'Tell the mood. If there is no text, answer "empty".'}]
        output:
          schema: {type: object, properties: {label: {enum: [happy, angry, empty]}}}
        evals: [{id: gold, dataset: datasets/golden/example.jsonl,
          metrics: {label_match: {min: 0.5}}}]
        ---
        golden:
          - expected: {label: happy}
          - expected: {label: angry}
          - expected: {label: empty}

    What to do:
        Add a case that takes the branch, or delete an instruction that nobody needs.

    Source:
        NIST AI RMF, MEASURE 2.1; branch coverage as in ISO/IEC/IEEE 29119-4.
    """

    code = "REG010"
    name = "untested-instruction"
    severity = Severity.INFO
    tags = ("nist-rmf-measure",)
    needs = ("golden",)

    def check_project(self, project: Project) -> Iterator[Finding]:
        """Yield one finding for each instruction, labels of one list together."""
        for member in project.members:
            cases = project.cases(member.prompt)
            if cases:
                answers = Answers(member.prompt, cases)
                yield from self._output(member, answers)
                yield from self._labels(member, answers)
                yield from self._branches(member, answers)
                yield from self._template(member, answers)
                yield from self._variables(member, answers)
                yield from self._languages(member, answers)

    def _output(self, member: Member, answers: Answers) -> Iterator[Finding]:
        keys = output_keys(member.prompt)
        objects = bool(answers.objects)
        for key, part in keys.items():
            pointer = pointer_to("output", "schema", "properties", key)
            found = answers.of(key)
            if not found:
                if objects:
                    text = f'no golden case expects the key "{key}"'
                    yield self.found_at_key(member.parsed, pointer, text)
                continue
            values = [value for _, value in found]
            wanted: Sequence[JSON] = choices(part)
            if part.get("type") == "boolean":
                wanted = wanted or (True, False)
            missing = _missing(wanted, values, abstains=answers.abstains)
            if missing:
                text = f'no golden case expects "{key}" to be {missing}'
                yield self.found_at_key(member.parsed, pointer, text)

    def _labels(self, member: Member, answers: Answers) -> Iterator[Finding]:
        """Labels that only the wording lists; believed when the cases use most of them."""
        if any(choices(part) for part in output_keys(member.prompt).values()):
            return
        expected = {fold(text) for _, text in answers.texts}
        seen: set[frozenset[str]] = set()
        for item in label_lists(member.parsed):
            listed = {fold(label): label for label in item.labels}
            known = expected & listed.keys()
            if len(known) < max(2, len(listed) / 2) or frozenset(listed) in seen:
                continue
            seen.add(frozenset(listed))
            missing = [label for folded, label in listed.items() if folded not in expected]
            if missing:
                text = f"no golden case expects {_listed(missing)}"
                yield self.found(member.parsed, item.message, item.span, text)

    def _branches(self, member: Member, answers: Answers) -> Iterator[Finding]:
        found = list(branches(member.parsed))
        if not found:
            return
        said = {fold(value) for _, value in answers.leaves()}
        closed = {
            fold(value) for part in output_keys(member.prompt).values() for value in choices(part)
        }
        for branch in found:
            answer = fold(branch.answer)
            if not answer or answer in said or any(f" {answer} " in f" {text} " for text in said):
                continue
            refusal = answer in _ABSTENTIONS or _NOTHING.search(branch.condition) is not None
            if answers.abstains and refusal:
                continue
            if answer in closed:
                continue  # told at the list of values
            text = f'no golden case leads to "{branch.answer}"'
            yield self.found(member.parsed, branch.message, branch.span, text)

    def _template(self, member: Member, answers: Answers) -> Iterator[Finding]:
        variables = member.prompt.variables
        for message in member.parsed.messages:
            for tag in tags(message.text):
                match = _TEST.fullmatch(tag.body) if tag.kind == "statement" else None
                if match is None or match["name"] not in variables:
                    continue
                name, value = match["name"], match["value"]
                given = [_given(inputs, name, variables[name]) for inputs in answers.inputs]
                results = {each == value if value is not None else bool(each) for each in given}
                if len(results) == 1:
                    taken = results.pop() is not (match["negated"] is not None)
                    way = "always" if taken else "never"
                    text = f"the golden cases {way} take this branch"
                    yield self.found(member.parsed, message, (tag.start, tag.end), text)

    def _variables(self, member: Member, answers: Answers) -> Iterator[Finding]:
        for name, variable in member.prompt.variables.items():
            if not variable.enum:
                continue
            values = [_given(inputs, name, variable) for inputs in answers.inputs]
            missing = _missing(variable.enum, values, abstains=False)
            if missing:
                text = f'no golden case has "{name}" as {missing}'
                yield self.found_at_key(member.parsed, pointer_to("variables", name), text)

    def _languages(self, member: Member, answers: Answers) -> Iterator[Finding]:
        if len(answers.inputs) < _FEWEST_LANGUAGE_CASES:
            return
        demand = next(same_language_demands(member.parsed), None)
        if demand is None:
            return
        only = languages_of(answers.inputs)
        if len(only) == 1:
            text = f"every golden case is in {only.pop()}"
            yield self.found(member.parsed, demand.message, demand.span, text)


def _given(inputs: Mapping[str, JSON], name: str, variable: Variable) -> JSON:
    value = inputs.get(name)
    return variable.default if value is None else value


def _missing(wanted: Sequence[JSON], values: Sequence[JSON], *, abstains: bool) -> str:
    seen = {fold(value) for value in values}
    missing = [
        value
        for value in wanted
        if fold(value) not in seen and not (value is None and (abstains or None in values))
    ]
    return _listed(missing) if missing else ""


def _listed(values: Sequence[JSON]) -> str:
    shown = [_json(value) for value in values[:_SHOWN]]
    if len(values) > _SHOWN:
        return f"{', '.join(shown)} or {len(values) - _SHOWN} more"
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)


def _json(value: JSON) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower() if value is not None else "null"
    return f'"{value}"' if isinstance(value, str) else str(value)
