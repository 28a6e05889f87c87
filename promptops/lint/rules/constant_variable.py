"""VAR012."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class ConstantVariable(Rule):
    """A variable can have one value only.

    What it does:
        Flags a variable whose enumeration has one member.

    Why is this bad?
        Callers must supply what is known anyway, and readers look for the other cases.

    Example:
        variables: {locale: {type: string, enum: [de]}}
        messages: [{role: user, content: "Answer in the language {{ locale }}."}]

    Use instead:
        messages: [{role: user, content: "Answer in German."}]

    What to do:
        Write the value into the text, or list the other values.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), maintainability.
    """

    code = "VAR012"
    name = "constant-variable"
    severity = Severity.INFO
    needs_file = True
    tags = ("pd-maintainability",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each such variable."""
        for name, variable in prompt.prompt.variables.items() if prompt.prompt else ():
            if len(set(map(str, variable.enum))) == 1:
                text = f'"{name}" can only be {variable.enum[0]!r}'
                yield self.found_at_key(prompt, f"/variables/{name}", text)
