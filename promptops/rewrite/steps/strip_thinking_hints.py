"""Take out "think step by step" for models that think on their own."""

import re
from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.literals import map_words
from promptops.rewrite.step import Step

# Whole sentences only: half a sentence without its hint may mean something else.
_HINT = re.compile(
    r"(?:(?<=^)|(?<=[.!?:\n])|(?<=[-*] ))[ \t]*"
    r"(?:let['’]?s |please |now |take a deep breath and )*"
    r"(?:think|reason|work)(?: (?:about|through) (?:this|it|the \w+))?"
    r"(?: carefully| out loud| hard)?,? step[ -]by[ -]step"
    r"(?: before (?:you answer|answering|responding|replying))?(?:[.!:]+(?=\s|$)|[ \t]*(?=\n|$))",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?<!['‘])\b(?:(?:(breathe) in, )?(?:(take) a (?:deep breath|step back) and ))?(think|reason)"
    r" step[ -]by[ -]step (about|through)\b",
    re.IGNORECASE,
)


class StripThinkingHints(Step):
    """Removes sentences that tell the model to think step by step.

    "Think step by step about the risk" becomes "Think about the risk".
    """

    name: ClassVar[str] = "strip-thinking-hints"
    topic: ClassVar[str] = "thinking_hints"
    values: ClassVar[frozenset[str]] = frozenset({"avoid"})
    reason: ClassVar[str] = "takes out the request to think step by step"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return draft.reword(_without_hints)

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`."""
        return self.apply(draft)


def _about(match: re.Match[str]) -> str:
    first = match[1] or match[2]
    verb = match[3].capitalize() if first and first[0].isupper() else match[3]
    return f"{verb} {match[4]}"


def _without_hints(text: str) -> str:
    changed = map_words(text, lambda words: _ABOUT.sub(_about, _HINT.sub("", words)))
    if changed == text:
        return text
    pairs = zip(text.split("\n"), changed.split("\n"), strict=True)
    lines = [line if line == before else _tidy(line, before) for before, line in pairs]
    return "\n".join(line for line in lines if line is not None).strip("\n")


def _tidy(line: str, before: str) -> str | None:
    """A line that lost a sentence; None when nothing is left of it."""
    indent = before[: len(before) - len(before.lstrip())]
    tidy = re.sub(r"(?<=\S)[ \t]{2,}", " ", line).strip()
    return indent + tidy if re.search(r"\w|\{\{", tidy) else None
