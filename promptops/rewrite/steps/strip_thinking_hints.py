"""Take out "think step by step" for models that think on their own."""

import re
from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.literals import map_words

# Whole sentences only: half a sentence without its hint may mean something else.
_HINT = re.compile(
    r"(?:(?<=^)|(?<=[.!?:\n]))[ \t]*"
    r"(?:let['’]?s |please |now |take a deep breath and )*"
    r"(?:think|reason|work)(?: (?:about|through) (?:this|it|the \w+))?"
    r"(?: carefully| out loud| hard)?,? step[ -]by[ -]step"
    r"(?: before (?:you answer|answering|responding|replying))?(?:[.!:]+(?=\s|$)|[ \t]*(?=\n|$))",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(think|reason) step[ -]by[ -]step (about|through)\b", re.IGNORECASE)


class StripThinkingHints:
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


def _without_hints(text: str) -> str:
    changed = map_words(text, lambda words: _ABOUT.sub(r"\1 \2", _HINT.sub("", words)))
    if changed == text:
        return text
    lines = (re.sub(r"(?<=\S)[ \t]{2,}", " ", line).rstrip() for line in changed.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
