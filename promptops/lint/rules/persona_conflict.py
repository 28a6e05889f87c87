"""CON007."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around, shape
from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Wording
from promptops.lint.phrases import phrase
from promptops.lint.regions import EVERYWHERE
from promptops.lint.rule import Rule

_SEEDS = ("you are a", "act as a", "you're a", "behave as a", "role of a", "respond as a",
          "you are the", "act like a", "answer as a", "speak like a", "talk like a",
          "pretend to be a")  # fmt: skip
_ROLES = (
    "lawyer", "attorney", "doctor", "physician", "nurse", "teacher", "tutor", "pirate", "chef",
    "journalist", "poet", "comedian", "therapist", "psychologist", "accountant", "salesperson",
    "historian", "philosopher", "translator", "interviewer", "recruiter", "detective", "wizard",
    "robot", "king", "queen", "child", "librarian", "mathematician", "astrologer", "pharmacist",
    "dentist", "butler", "rapper", "novelist", "screenwriter", "magician", "judge", "soldier",
    "farmer", "barista", "realtor", "plumber", "mechanic", "astronaut", "vampire", "cowboy",
)  # fmt: skip
_PERSONA = phrase(
    r"\b(?:you are|you're|act as|act like|behave as|respond as|answer as|speak like|talk like"
    r"|pretend to be|(?:take )?(?:on )?the role of) (?:an?|the) (?:[a-z-]{2,20},? ){0,3}?"
    rf"(?P<role>{'|'.join(_ROLES)})\b(?!'s)(?! (?:assistant|and|or|who|bot|agent|helper|tool))"
)
_PHASE = re.compile(
    r"\b(?:if|when|first|then|next|now|later|after|before|phase|mode|step|stage|round|also|switch"
    r"|once|instead|as if|or|imagine|scene|player|option|each|not|never)\b"
)
_SAME = (
    frozenset({"lawyer", "attorney", "judge"}), frozenset({"doctor", "physician", "nurse"}),
    frozenset({"teacher", "tutor"}), frozenset({"therapist", "psychologist"}),
    frozenset({"poet", "rapper", "novelist", "screenwriter"}), frozenset({"wizard", "magician"}),
)  # fmt: skip


class PersonaConflict(Rule):
    """Two roles for one model.

    What it does:
        Flags a second role that does not go with the first ("You are a lawyer." … "You are a
        pirate.") for the same answers. Roles under headings of their own, behind words of order
        or condition ("then act as", "if", "mode") and related ones are no conflict. Only roles
        that exclude each other are known: occupations and characters.

    Why is this bad?
        Tone, vocabulary and duties of the two mix; which one answers changes between calls.

    Example:
        You are a lawyer for tenants. Answer the question. You are a pirate.

    Use instead:
        You are a lawyer for tenants. Answer the question.

    What to do:
        Keep one role, or say when each applies.

    Source:
        OpenAI prompt optimization cookbook, contradiction checker; arXiv 2509.14404, role
        confusion.
    """

    code = "CON007"
    name = "persona-conflict"
    severity = Severity.WARNING
    shapes = (
        shape(
            r"(?:are|re|as|like|be|of) (?:an?|the) (?:[a-z-]{2,20},? ){0,3}"
            rf"(?:{'|'.join(_ROLES)})"
        ),
    )
    signs = ((_PERSONA,),)
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first role that excludes an earlier one, in each wording."""
        for wording in prompt.wordings:
            if not self._could_conflict(wording):
                continue
            first: tuple[ParsedMessage, re.Match[str]] | None = None
            for message in wording.instructing:
                for match in near(message, _PERSONA, _SEEDS, self.regions, before=12, after=110):
                    start, end = sentence_around(message, match.start())
                    if _PHASE.search(message.lower, start, end):
                        continue
                    if first is None:
                        first = (message, match)
                        continue
                    if self._agree(first, message, match):
                        continue
                    words = " ".join(first[0].text[slice(*first[1].span())].split())
                    text = f'this contradicts "{words}"'
                    yield self.found(prompt, message, match.span(), text)
                    break

    @staticmethod
    def _could_conflict(wording: Wording) -> bool:
        """Whether two roles exclude each other, in whatever kind of text and sentence."""
        roles = {
            match["role"]
            for message in wording.instructing
            for match in near(message, _PERSONA, _SEEDS, EVERYWHERE, before=12, after=110)
        }
        return len(roles) > 1 and not any(roles <= group for group in _SAME)

    @staticmethod
    def _agree(
        first: tuple[ParsedMessage, re.Match[str]], message: ParsedMessage, match: re.Match[str]
    ) -> bool:
        """Whether the roles go together or stand in parts of their own."""
        roles = {first[1]["role"], match["role"]}
        if len(roles) == 1 or any(roles <= group for group in _SAME):
            return True
        return first[0] is message and message.heading(first[1].start()) != message.heading(
            match.start()
        )
