"""VAR008."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.slots import tags

_LOOP = re.compile(r"for\s{1,20}[A-Za-z_]\w{0,100}\s{1,20}in\s{1,20}([A-Za-z_]\w{0,100})")


class UnboundedList(Rule):
    """A loop runs over a list of any length.

    What it does:
        Flags `{% for … in name %}` where `name` is a trusted array without `max_items`. Untrusted
        ones are VAR007's.

    Why is this bad?
        The prompt grows with the list: its cost has no bound, and one day it no longer fits the
        model's context.

    Example:
        variables: {rows: {type: array, items: {type: string, max_length: 80}}}
        messages:
          - {role: user, content: "Name the largest. {% for r in rows %}<r>{{ r }}</r>{% endfor %}"}

    Use instead:
        variables: {rows: {type: array, max_items: 50, items: {type: string, max_length: 80}}}
        messages:
          - {role: user, content: "Name the largest. {% for r in rows %}<r>{{ r }}</r>{% endfor %}"}

    What to do:
        Declare max_items, and max_length for the items.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM10 unbounded consumption.
    """

    code = "VAR008"
    name = "unbounded-list"
    severity = Severity.WARNING
    needs_file = True
    tags = ("owasp-llm10", "pd-input")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first loop over each such list in each message."""
        declared = prompt.prompt.variables if prompt.prompt is not None else {}
        lists = {
            name
            for name, variable in declared.items()
            if variable.type == "array"
            and variable.max_items is None
            and variable.trust == "trusted"
        }
        for message in prompt.messages if lists else ():
            seen: set[str] = set()
            for tag in tags(message.text):
                loop = _LOOP.match(tag.body) if tag.kind == "statement" else None
                name = loop.group(1) if loop else ""
                if name in lists and name not in seen:
                    seen.add(name)
                    text = f'the list "{name}" has no max_items'
                    yield self.found(prompt, message, (tag.start, tag.end), text)
