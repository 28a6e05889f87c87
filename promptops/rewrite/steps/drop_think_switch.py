"""Take out words that switch thinking where nothing reads them as a switch."""

import re
from typing import ClassVar

from promptops.rewrite.draft import Draft
from promptops.rewrite.literals import map_words, trimmed
from promptops.rewrite.step import Step

_SWITCH = re.compile(r"(?<![\w/.`<])[ \t]*/(?:no_?think|think)\b(?![/`>\w])", re.IGNORECASE)


class DropThinkSwitch(Step):
    """Removes ``/think`` and ``/no_think``."""

    name: ClassVar[str] = "drop-think-switch"
    topic: ClassVar[str] = "think_switch"
    values: ClassVar[frozenset[str]] = frozenset({"ignored"})
    reason: ClassVar[str] = "takes out the think switch, which is only words to this model"

    def apply(self, draft: Draft) -> Draft:
        """See `Step.apply`."""
        return draft.reword(_without_switch)

    def waive(self, draft: Draft) -> Draft:
        """See `Step.waive`."""
        return self.apply(draft)


def _without_switch(text: str) -> str:
    return trimmed(map_words(text, lambda words: _SWITCH.sub("", words)), text)
