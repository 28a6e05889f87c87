"""REG002."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class MissingGoldenSet(Rule):
    """Nothing measures the prompt.

    What it does:
        Flags a prompt file without `evals`.

    Why is this bad?
        No change to it can be shown to be an improvement, and no break is noticed.

    Example:
        evals: []
        messages: [{role: user, content: Name the capital of France.}]

    Use instead:
        evals: [{id: gold, dataset: datasets/golden/capitals.jsonl, metrics: {exact_match: {min:
        0.8}}}]
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Add a golden set of 20 cases or more, and a bar for one metric.

    Source:
        NIST AI RMF, MEASURE 2.1; OpenAI evaluation guide.
    """

    code = "REG002"
    name = "missing-golden-set"
    severity = Severity.INFO
    needs_file = True
    tags = ("nist-rmf-measure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        if prompt.prompt is not None and not prompt.prompt.evals:
            yield self.found_at_key(prompt, "/id", "the prompt has no golden set")
