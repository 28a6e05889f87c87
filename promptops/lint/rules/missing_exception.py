"""CON010."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around
from promptops.lint.parsed import ParsedPrompt, Wording
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_FIRST_SEEDS = ("before any", "before every", "before doing", "before taking any", "before each",
                "before all", "before you do anything", "before anything")  # fmt: skip
_FIRST = phrase(
    r"\b(?P<rule>(?:always|you must|must|never)[^.;\n]{3,80}? before (?:any|every|each|all|doing"
    r" any|doing|taking any|you do|anything)(?: (?:other|further|thing|anything|else|action|actions"
    r"|answer|step|steps|reply|response|call|calls|tool)){1,3})\b"
)
_AT_ONCE_SEEDS = ("immediately", "right away", "at once", "straight away", "without delay")
_AT_ONCE = phrase(r"\b(?:immediately|right away|at once|straight away|without delay)\b")
_CASE = re.compile(r"\b(?:if|when|in case of|in an? emergency|on)\b")
_EXCEPTION = re.compile(r"\b(?:except|unless|exception|other than|apart from|not apply|skip)\b")


class MissingException(Rule):
    """A rule without exceptions, and a case that needs one.

    What it does:
        Flags "always look up the profile before any other action" in a prompt that also says what
        to do "immediately" (or "right away", "at once") in some case, when neither names an
        exception.

    Why is this bad?
        In just that case, often the urgent one, the model cannot follow both.

    Example:
        Always look up the customer profile before any other action. If there is an emergency,
        tell the user to call 112 immediately.

    Use instead:
        Always look up the customer profile before any other action, except in an emergency. If
        there is an emergency, tell the user to call 112 immediately.

    What to do:
        Name the exception in the rule itself.

    Source:
        OpenAI GPT-5 prompting guide, contradictory instructions ("CareFlow" example).
    """

    code = "CON010"
    name = "missing-exception"
    severity = Severity.INFO
    triggers = _FIRST_SEEDS
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each rule that a case of the same wording breaks."""
        for wording in prompt.wordings:
            rival: str | None = None
            for message in wording.instructing:
                for match in near(message, _FIRST, _FIRST_SEEDS, self.regions, before=110):
                    start, end = sentence_around(message, match.start())
                    sentence = message.lower[start:end]
                    if _EXCEPTION.search(sentence) or _AT_ONCE.search(sentence):
                        continue
                    rival = self._urgent(wording) if rival is None else rival
                    if rival:
                        text = f'no exception for "{rival}"'
                        yield self.found(prompt, message, match.span("rule"), text)

    def _urgent(self, wording: Wording) -> str:
        """The first case in which something is to be done at once; "" when there is none."""
        for message in wording.instructing:
            for match in near(message, _AT_ONCE, _AT_ONCE_SEEDS, self.regions):
                start, end = sentence_around(message, match.start())
                sentence = message.lower[start:end]
                if _CASE.search(sentence) and not _EXCEPTION.search(sentence):
                    return " ".join(message.text[start:end].split())[:80]
        return ""
