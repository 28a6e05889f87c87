"""VAR007."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class UnboundedInput(Rule):
    """An untrusted value may be of any length.

    What it does:
        Flags a variable with `trust: untrusted` that is a string without `max_length` and without
        `enum`, or an array without `max_items`.

    Why is this bad?
        Whoever controls the value controls your bill, and can push the instructions out of the
        model's context.

    Example:
        variables:
          question: {type: string, trust: untrusted}
        messages:
          - {role: user, content: "{{ question }}"}

    Use instead:
        variables:
          question: {type: string, trust: untrusted, max_length: 2000}
        messages:
          - {role: user, content: "{{ question }}"}

    What to do:
        Set max_length (or max_items) to what the task needs.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM10 unbounded consumption.
    """

    code = "VAR007"
    name = "unbounded-input"
    severity = Severity.WARNING
    needs_file = True
    tags = ("owasp-llm10",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each variable without a bound."""
        if prompt.prompt is None:
            return
        for name, variable in prompt.prompt.variables.items():
            if variable.trust != "untrusted" or variable.enum:
                continue
            text = {
                "string": "" if variable.max_length else "max_length",
                "array": "" if variable.max_items else "max_items",
            }.get(variable.type, "")
            if text:
                message = f'"{name}" is untrusted and has no {text}'
                yield self.found_at_key(prompt, f"/variables/{name}", message)
