"""VAR009."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.slots import Tag, tags
from promptops.lint.text import words

_OPENS = re.compile(r"(?:if|for)\b")


class UnguardedOptional(Rule):
    """An optional value leaves a hole in its sentence when it is missing.

    What it does:
        Flags a slot of a variable with `required: false` and no default that shares its line with
        other words, is not inside an `{% if %}` about it, and has no `default(…)`.

    Why is this bad?
        The model reads "Answer in the tone ." and makes something up, or takes the next words for
        the value.

    Example:
        variables: {tone: {type: string, required: false, max_length: 20}}
        messages: [{role: user, content: "Write a slogan. Use the tone {{ tone }}."}]

    Use instead:
        variables: {tone: {type: string, required: false, max_length: 20}}
        messages:
          - role: user
            content: "Write a slogan.{% if tone %} Use the tone {{ tone }}.{% endif %}"

    What to do:
        Put the sentence into `{% if name %}…{% endif %}`, or give the variable a default.

    Source:
        promptops prompt schema, `variables` (an optional variable without a default renders as
        nothing).
    """

    code = "VAR009"
    name = "unguarded-optional"
    severity = Severity.WARNING
    needs_file = True
    tags = ("pd-input",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such slot of each variable in each message."""
        declared = prompt.prompt.variables if prompt.prompt is not None else {}
        optional = {
            name
            for name, variable in declared.items()
            if not variable.required and variable.default is None
        }
        for message in prompt.messages if optional else ():
            seen: set[str] = set()
            for tag in _unguarded(message, optional):
                if tag.name not in seen:
                    seen.add(tag.name)
                    text = f'without "{tag.name}" this sentence has a hole'
                    yield self.found(prompt, message, (tag.start, tag.end), text)


def _unguarded(message: ParsedMessage, optional: set[str]) -> Iterator[Tag]:
    opened: list[str] = []
    for tag in tags(message.text):
        if tag.kind == "statement":
            if _OPENS.match(tag.body):
                opened.append(tag.body)
            elif tag.body.startswith(("endif", "endfor")) and opened:
                opened.pop()
        elif tag.kind == "value" and tag.name in optional and "default" not in tag.body:
            guard = re.compile(rf"\b{re.escape(tag.name)}\b")
            if not any(guard.search(body) for body in opened) and _has_company(message, tag):
                yield tag


def _has_company(message: ParsedMessage, tag: Tag) -> bool:
    text = message.text
    start = text.rfind("\n", 0, tag.start) + 1
    stop = text.find("\n", tag.end)
    line = text[start : tag.start] + " " + text[tag.end : stop if stop >= 0 else len(text)]
    return len(words(re.sub(r"<[^<>]{0,80}>", " ", line))) >= 2
