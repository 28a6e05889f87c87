"""VAR010."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class ConfusableVariables(Rule):
    """Two variables have almost the same name.

    What it does:
        Flags a declared variable whose name differs from another one's only in case, underscores
        or a plural s.

    Why is this bad?
        Sooner or later a caller, or the next author, takes one for the other, and no check can
        notice: both are declared.

    Example:
        variables:
          document: {type: string, max_length: 900}
          documents: {type: array, max_items: 4, items: {type: string, max_length: 900}}
        messages:
          - role: user
            content: "Compare <a>{{ document }}</a> with <b>{{ documents | join(' ') }}</b>."

    Use instead:
        variables:
          draft: {type: string, max_length: 900}
          sources: {type: array, max_items: 4, items: {type: string, max_length: 900}}
        messages:
          - role: user
            content: "Compare <a>{{ draft }}</a> with <b>{{ sources | join(' ') }}</b>."

    What to do:
        Name each after its part in the task.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), maintainability.
    """

    code = "VAR010"
    name = "confusable-variables"
    severity = Severity.INFO
    needs_file = True
    tags = ("pd-maintainability",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the later one of two such names."""
        if prompt.prompt is None:
            return
        seen: dict[str, str] = {}
        names = dict.fromkeys([*prompt.prompt.variables, *sorted(prompt.prompt.declared)])
        for name in names:
            stem = name.replace("_", "").lower().removesuffix("s")
            other = seen.setdefault(stem, name)
            if other != name:
                text = f'"{name}" is easily taken for "{other}"'
                yield self.found_at_key(prompt, f"/variables/{name}", text)
