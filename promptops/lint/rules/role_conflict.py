"""CON013."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import starting
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_BANS = ("never", "do not", "don't", "must not", "you may not", "you cannot")
_BAN = phrase(
    r"(?:never|do not|don't|must not|you may not|you cannot) (?:ever )?(?P<act>[a-z][a-z' -]{5,80})"
)
_EXCEPTION = re.compile(
    r"\b(?:if|when|unless|except|until|before|after|more than|other than|but|without)\b"
)
_EMPTY = frozenset(
    {"a", "an", "the", "your", "any", "all", "every", "to", "in", "of", "for", "with", "and", "or",
     "it", "its", "their", "this", "that", "some", "me", "us", "them", "user", "users", "customer",
     "please", "one", "new", "my", "our"}
)  # fmt: skip
_COMMAND = re.compile(
    r"(?:^|(?<=[.!?\n]))[ \t\n]{0,4}(?:[-*•] "
    r"|[0-9]{1,2}[.)] )?(?:please )?(?P<act>[a-z][a-z' -]{5,80})"
)


class RoleConflict(Rule):
    """The user message asks for what the system message forbids.

    What it does:
        Flags a user message (of the same prompt file) with a command such as "Write code for …"
        when the system message forbids the same act in the same words ("Never write code."),
        without a condition on either side.

    Why is this bad?
        Models rank the system message higher, more or less: some calls refuse, some obey.

    Example:
        messages:
          - {role: system, content: You help with contracts. Never give legal advice.}
          - {role: user, content: "Give legal advice on this clause: {{ clause }}"}
        variables:
          clause: {type: string, max_length: 2000}

    Use instead:
        messages:
          - {role: system, content: You help with contracts. Never give legal advice.}
          - {role: user, content: "Explain this clause in plain words: {{ clause }}"}
        variables:
          clause: {type: string, max_length: 2000}

    What to do:
        Change the user message, or name the exception in the system message.

    Source:
        OpenAI Model Spec, chain of command; OpenAI prompt optimization cookbook, contradiction
        checker.
    """

    code = "CON013"
    name = "role-conflict"
    severity = Severity.ERROR
    triggers = _BANS
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each command of a user message that a system message forbids."""
        for wording in prompt.wordings:
            rulers = [m for m in wording.instructing if m.role == "system"]
            askers = [m for m in wording.instructing if m.role == "user"]
            if not rulers or not askers:
                continue
            bans = {act: words for m in rulers for act, words in self._bans(m)}
            for message in askers if bans else ():
                for match in message.find(_COMMAND, self.regions):
                    act = _act(match["act"])
                    words = bans.get(act) or bans.get(act[:2])
                    if words and not _EXCEPTION.search(match["act"]):
                        text = f'the system message says "{words}"'
                        yield self.found(prompt, message, match.span("act"), text)

    def _bans(self, message: ParsedMessage) -> Iterator[tuple[tuple[str, ...], str]]:
        for match in starting(message, _BAN, _BANS, self.regions):
            act = _act(match["act"])
            if len(act) > 1 and not _EXCEPTION.search(match["act"]):
                yield act, " ".join(message.text[match.start() : match.end()].split())


def _act(text: str) -> tuple[str, ...]:
    """The first three words that matter."""
    return tuple(word for word in text.split() if word not in _EMPTY)[:3]
