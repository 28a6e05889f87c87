"""REG014."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_DEPRECATED = re.compile(r"\b(?:deprecated|obsolete|superseded|do not use)\b", re.IGNORECASE)


class DeprecatedPrompt(Rule):
    """The prompt is deprecated, and nothing says what takes its place.

    What it does:
        Flags a prompt with `x-deprecated`, the tag `deprecated` or a title that says so, when
        there is no `x-replaced-by`.

    Why is this bad?
        Whoever still calls it cannot move on; deprecated prompts live for years.

    Example:
        messages: [{role: user, content: Name the capital of France.}]
        x-deprecated: true

    Use instead:
        messages: [{role: user, content: Name the capital of France.}]
        x-deprecated: true
        x-replaced-by: capital-answer

    What to do:
        Name the successor in `x-replaced-by` ("none" when there is none), or delete the prompt.

    Source:
        NIST AI RMF, GOVERN 1.7 (decommissioning); Taxonomy of Prompt Defects (arXiv 2509.14404),
        maintainability.
    """

    code = "REG014"
    name = "deprecated-prompt"
    severity = Severity.WARNING
    needs_file = True
    tags = ("nist-rmf-govern", "pd-maintainability")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        if prompt.prompt is None or prompt.prompt.extra.get("x-replaced-by"):
            return
        place = next(
            (
                pointer
                for pointer, said in (
                    ("/x-deprecated", bool(prompt.prompt.extra.get("x-deprecated"))),
                    ("/tags", any(tag.lower() == "deprecated" for tag in prompt.prompt.tags)),
                    ("/title", bool(_DEPRECATED.search(prompt.prompt.title))),
                )
                if said
            ),
            None,
        )
        if place is not None:
            yield self.found_at_key(prompt, place, "deprecated, and no successor is named")
