"""VAR002."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.slots import tags

_NAME = re.compile(r"[A-Za-z_]\w{0,63}")


class UnusedVariable(Rule):
    """A variable is declared and used nowhere.

    What it does:
        Flags a declared variable that no message, no variant and no retrieval query uses.

    Why is this bad?
        Callers have to supply a value that changes nothing, and believe that it does.

    Example:
        variables:
          question: {type: string, max_length: 200}
          locale: {type: string, enum: [de, en]}
        messages:
          - {role: user, content: "Answer briefly: {{ question }}"}

    Use instead:
        variables:
          question: {type: string, max_length: 200}
          locale: {type: string, enum: [de, en]}
        messages:
          - {role: user, content: "Answer in {{ locale }}: {{ question }}"}

    What to do:
        Use it, or delete the declaration.

    Source:
        Phoenix issue 6414 (warn on unused variables).
    """

    code = "VAR002"
    name = "unused-variable"
    severity = Severity.WARNING
    tags = ("pd-input", "pd-maintainability")
    needs_file = True

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each variable that no template names."""
        if prompt.prompt is None or not prompt.prompt.variables:
            return
        texts = [message.text for message in prompt.messages]
        if prompt.prompt.retrieval is not None:
            texts.append(prompt.prompt.retrieval.query)
        used = {
            name
            for text in texts
            for tag in tags(text)
            if tag.kind in {"value", "statement"}
            for name in _NAME.findall(tag.body)
        }
        for name in prompt.prompt.variables:
            if name not in used:
                text = f'"{name}" is declared but never used'
                yield self.found_at_key(prompt, f"/variables/{name}", text)
