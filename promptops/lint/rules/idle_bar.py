"""REG013."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.prompts.model import MetricBar


class IdleBar(Rule):
    """A metric's bar can never fail.

    What it does:
        Flags a bar of `evals` that any score meets: `min: 0` or below, alone or with `max: 1` or
        above. A maximum alone is left alone: it may bound a latency; so is a metric without any
        bar, which is measured only.

    Why is this bad?
        The golden set is run and paid for, and no break of the prompt is ever reported.

    Example:
        evals: [{id: gold, dataset: datasets/golden/a.jsonl, metrics: {exact_match: {min: 0.0}}}]
        messages: [{role: user, content: Name the capital of France.}]

    Use instead:
        evals: [{id: gold, dataset: datasets/golden/a.jsonl, metrics: {exact_match: {min: 0.8}}}]
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Set the bar a little below the score that the prompt reaches today.

    Source:
        NIST AI RMF, MEASURE 2.3 (performance criteria); OpenAI evaluation guide.
    """

    code = "REG013"
    name = "idle-bar"
    severity = Severity.WARNING
    needs_file = True
    tags = ("nist-rmf-measure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each bar that nothing can miss."""
        for number, item in enumerate(prompt.prompt.evals if prompt.prompt is not None else ()):
            for metric, bar in item.metrics.items():
                if _is_idle(bar):
                    text = f'every score of "{metric}" meets this bar'
                    pointer = f"/evals/{number}/metrics/{metric}"
                    yield self.found_at_key(prompt, pointer, text)


def _is_idle(bar: MetricBar) -> bool:
    if bar.min is None and bar.max is None:
        return False
    low = bar.min is None or bar.min <= 0
    # A bar with a maximum alone may be of a metric without an upper bound, such as a latency.
    high = bar.max is None or (bar.min is not None and bar.max >= 1)
    return low and high
