"""CON014."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("most important", "highest priority", "top priority", "first priority",
          "number one priority", "takes precedence over", "above all else", "overrides all",
          "overrides every")  # fmt: skip
_CLAIM = phrase(
    r"\b(?:(?:the|your|this is the|single) most important (?:rule|instruction|requirement|thing"
    r"|constraint|goal|task)|(?:highest|top|first|number one) priority|above all else"
    r"|(?:takes precedence over|overrides) (?:all|every|any|everything)(?: other)?"
    r"(?: (?:rules?|instructions?|requirements?))?)\b"
)


class PriorityConflict(Rule):
    """Two different rules are both the most important.

    What it does:
        Flags a second "most important rule", "top priority", "above all else" or "overrides all
        other instructions" in a prompt, in a sentence that says something else than the first.

    Why is this bad?
        A rank helps only while it decides: with two at the top, the model decides.

    Example:
        The most important rule: keep the answer short. Your top priority is to name every risk.

    Use instead:
        Name every risk. Keep the answer short; when both cannot hold, leave out no risk.

    What to do:
        Rank the two, or keep the claim for one of them.

    Source:
        OpenAI GPT-5 prompting guide, instruction hierarchies; arXiv 2509.14404.
    """

    code = "CON014"
    name = "priority-conflict"
    severity = Severity.INFO
    triggers = _SEEDS
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each claim after the first that stands in another sentence, with other words."""
        for wording in prompt.wordings:
            first: tuple[ParsedMessage, re.Match[str], str] | None = None
            for message in wording.instructing:
                for match in near(message, _CLAIM, _SEEDS, self.regions, before=40, after=60):
                    start, end = sentence_around(message, match.start())
                    sentence = " ".join(message.lower[start:end].split())
                    if first is None:
                        first = (message, match, sentence)
                    elif sentence != first[2]:
                        words = " ".join(first[0].text[slice(*first[1].span())].split())
                        text = f'"{words}" was claimed for something else before'
                        yield self.found(prompt, message, match.span(), text)
