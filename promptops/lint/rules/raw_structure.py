"""VAR011."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.slots import tags

_BARE = re.compile(r"[A-Za-z_]\w{0,100}")
_JSON_NEAR = re.compile(r"\bjson\b|```", re.IGNORECASE)


class RawStructure(Rule):
    """A list or an object is written into running text as it is.

    What it does:
        Flags `{{ name }}` where `name` is an array or an object, unless the message speaks of JSON
        or shows it in a fence.

    Why is this bad?
        It is rendered as JSON: brackets, quotes and escapes in the middle of a sentence, which the
        model reads as content and repeats in its answer.

    Example:
        variables: {names: {type: array, max_items: 9, items: {type: string, max_length: 40}}}
        messages: [{role: user, content: "Greet these guests: {{ names }}"}]

    Use instead:
        variables: {names: {type: array, max_items: 9, items: {type: string, max_length: 40}}}
        messages: [{role: user, content: "Greet these guests: {{ names | join(', ') }}"}]

    What to do:
        Use `join(", ")` or a loop, or say that the value is JSON.

    Source:
        promptops template language (values that are not text are written as JSON); OpenAI GPT-4.1
        prompting guide, delimiters.
    """

    code = "VAR011"
    name = "raw-structure"
    severity = Severity.WARNING
    needs_file = True
    tags = ("pd-input",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such slot of each variable in each message."""
        declared = prompt.prompt.variables if prompt.prompt is not None else {}
        kinds = {
            name: variable.type
            for name, variable in declared.items()
            if variable.type in {"array", "object"}
        }
        for message in prompt.messages if kinds else ():
            seen: set[str] = set()
            for tag in tags(message.text):
                bare = tag.kind == "value" and _BARE.fullmatch(tag.body)
                if not bare or tag.body not in kinds or tag.body in seen:
                    continue
                if _JSON_NEAR.search(message.text):
                    break
                seen.add(tag.body)
                kind = kinds[tag.body]
                text = f'"{tag.body}" is an {kind}, which is written as JSON here'
                fix = f"{{{{ {tag.body} | join(', ') }}}}"
                yield self.found(
                    prompt,
                    message,
                    (tag.start, tag.end),
                    text,
                    fix=("join the items", fix) if kind == "array" else None,
                    applicability="unsafe",
                )
