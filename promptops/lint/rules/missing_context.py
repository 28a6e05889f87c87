"""AMB005."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("discuss", "we agreed", "we have", "we talked", "last time", " usual", "conversation",
          "chat", "session", "we spoke", "told you", " before", "earlier", "previously",
          "yesterday")  # fmt: skip
_PAST = phrase(
    r"\b(?:as|like|(?:format|style|structure|rules|plan|way|template|terms)(?: that| which)?)"
    r" we (?:have )?(?:(?:already|previously) )?(?:discussed|agreed|talked about|spoke about)\b"
    r"|\b(?:like|as|same as|from) last time\b"
    r"|\b(?:do|write|answer|format|respond|reply|use|structure|proceed)[^.\n]{0,40}"
    r" (?:as|like) (?:usual|before)\b(?! the)"
    r"|\bthe usual (?:format|way|style|structure|template|rules)\b"
    r"|\b(?:(?:from|as in|based on|continue) the|(?:from|in|as in|based on|continue) (?:our|my))"
    r" (?:previous|earlier|last)"
    r" (?:conversations?|chats?|sessions?|discussions?)\b"
    r"|\b(?:as|like|what) i (?:have )?(?:told you|said|mentioned|explained)"
    r" (?:before|earlier|previously|last time|yesterday)\b"
)
_ABOVE_SEEDS = ("above",)
_ABOVE = phrase(
    r"\b(?:(?:like|as|see|same as|described|mentioned|given|listed|shown|stated|from|in) (?:the )?"
    r"above|the above(?:[- ]mentioned)?(?: [a-z]{3,15})?)\b(?! (?:all|average|and beyond|the))"
)
_HEAD = 160
_LETTER = re.compile(r"\w")


class MissingContext(Rule):
    """A reference to something that the model has not seen.

    What it does:
        Flags "as we discussed", "like last time", "as usual", "in our previous conversation" and
        their like, and "above" ("like above", "the above text") in the first sentence of a
        prompt, where nothing stands above it.

    Why is this bad?
        A prompt starts without memory: the model guesses what was meant.

    Example:
        Write the report as usual, in the format we discussed earlier.

    Use instead:
        Write the report with the headings Summary, Risks and Next steps.

    What to do:
        Put what it refers to into the prompt.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), context and memory.
    """

    code = "AMB005"
    name = "missing-context"
    severity = Severity.WARNING
    version = 3
    triggers = _ABOVE_SEEDS
    shapes = (
        shape(r"(?:as|like|the) usual|(?:as|like|from) last time|(?:as|like) before"),
        shape(r"we (?:have )?(?:already |previously )?(?:discussed|agreed|talked|spoke)"),
        shape(r"(?:previous|earlier|last) (?:conversation|chat|session|discussion)"),
        shape(
            r"i (?:have )?(?:told you|said|mentioned|explained) (?:before|earlier|prev|last|yest)"
        ),
    )
    tags = ("pd-context",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield references to earlier talk, then those to a text above that is not there."""
        for wording in prompt.wordings:
            for message in wording.instructing:
                for match in near(message, _PAST, _SEEDS, self.regions):
                    yield self._missing(prompt, message, match)
            first = wording.messages[0]
            if not first.is_shot and "above" in first.lower[:_HEAD]:
                for match in first.find(_ABOVE, self.regions):
                    if match.start() > _HEAD or self._has_text(first, match.start()):
                        break
                    yield self._missing(prompt, first, match)

    def _missing(
        self, prompt: ParsedPrompt, message: ParsedMessage, match: re.Match[str]
    ) -> Finding:
        words = " ".join(message.text[match.start() : match.end()].split())
        text = f'"{words}" refers to something the model has not seen'
        return self.found(prompt, message, match.span(), text)

    @staticmethod
    def _has_text(message: ParsedMessage, offset: int) -> bool:
        """Whether a line or a sentence ends before ``offset``, or a slot fills something in."""
        before = message.text[:offset].strip()
        return bool(re.search(r"[.!?:\n]", before)) or "{" in before or '"' in before
