"""The rules whose numbers only their label tells from others."""

from collections.abc import Iterator
from typing import ClassVar

from promptops.lint.finding import Finding
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.personal.labeled import Label
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule


class LabelRule(Rule):
    """Every number of one of ``labels`` is a finding; the number is concealed."""

    regions = WRITTEN
    labels: ClassVar[tuple[Label, ...]]

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each number after its label."""
        for message in prompt.messages:
            for kind in self.labels:
                for span in kind.find(message.lower):
                    if message.region(span[0]) in self.regions:
                        yield self.found(prompt, message, span, kind.name, conceal=True)
