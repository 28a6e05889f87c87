"""ECO005."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.text import shingles


class RepeatedExample(Rule):
    """Two few-shot examples are nearly the same.

    What it does:
        Compares the questions of few-shot examples by word pairs and flags one that is at least
        80% the same as an earlier one.

    Why is this bad?
        It costs tokens, teaches nothing new, and biases the answer towards its label.

    Example:
        messages:
          - {role: user, content: Where is my parcel with the new shoes that I ordered last week?}
          - {role: assistant, content: delivery}
          - {role: user, content: Where is my parcel with the new shoes that I ordered last week!}
          - {role: assistant, content: delivery}
          - {role: user, content: I want my money back.}

    Use instead:
        messages:
          - {role: user, content: Where is my parcel with the new shoes that I ordered last week?}
          - {role: assistant, content: delivery}
          - {role: user, content: I want my money back.}

    What to do:
        Replace it by an example of another kind.

    Source:
        Anthropic guide on multishot prompting (diverse examples).
    """

    code = "ECO005"
    name = "repeated-example"
    severity = Severity.WARNING
    tags = ("pd-efficiency",)
    needs_file = True
    defaults = {"similarity": 0.8}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the later one of each pair."""
        for wording in prompt.wordings:
            seen: list[frozenset[str]] = []
            for message in wording.messages:
                if not (message.is_shot and message.role == "user"):
                    continue
                pairs = shingles(message.text, 2)
                if any(_jaccard(pairs, other) >= self.number("similarity") for other in seen):
                    text = "this example is nearly the same as an earlier one"
                    yield self.found(prompt, message, (0, len(message.text)), text)
                seen.append(pairs)


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    union = len(left | right)
    return len(left & right) / union if union else 1.0
