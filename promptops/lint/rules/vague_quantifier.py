"""AMB001."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("some ", "several", "a few", "a couple", "various", "numerous", "a handful",
          "a number of", "some\n", "multiple", "a bunch", "lots of", "a lot of")  # fmt: skip
_PATTERN = phrase(
    r"\b(?:give|list|provide|write|include|suggest|generate|create|offer|add|propose|name|show"
    r"|produce|mention|come up with|recommend|share|present|brainstorm|draft|compose|prepare"
    r"|end with|finish with|start with|supply|ask|tell)"
    r"(?: me| us| the (?:user|reader|customer)| them)?(?: with)?(?: at least)?"
    r"(?: [a-z]{4,15} (?:and|or))? (?P<vague>some|several|a few|a couple of|various|numerous"
    r"|a handful of|a number of|a bunch of|lots of|a lot of|multiple) (?!of\b)"
    r"(?:(?:different|other|good|great|more|short|brief|simple|practical|useful|relevant|possible"
    r"|concrete|specific|additional|key|creative|unique|catchy|actionable|alternative|helpful"
    r"|interesting|[a-z]{3,20}-[a-z]{3,20}|[a-z]{4,20}(?:al|ic|ive|ful|ous|able|ing|ed)),? "
    r"|[a-z-]{3,20} ){0,2}?(?P<noun>[a-z-]{2,20}[a-rt-z]s)\b"
    r"|\b(?:of|in|with|within|using) (?:just |only )?(?:some|several|a few|a couple of)"
    r" (?:(?:short|brief|simple|concise|clear|plain) )?(?:words|sentences|lines|points"
    r"|bullet points|bullets|paragraphs|steps)\b"
)
_NUMBERED = re.compile(
    r"[^.\n]{0,12}[0-9]|\s{0,2}\(|,? (?:including|such as|like|namely)\b|\s{0,2}:|\s{1,2}[-–—]"
)
_SOMEONE_ELSE = re.compile(
    r"(?:\b(?:i|i'll|i'd|i will|we|they|he|she|it|which|that|who|user|users|customer|input|can"
    r"|could|may|might|if you|when you|not|never)(?:\s\w{2,10}){0,2}|n't)\s$"
)
_NOT_PLURAL = frozenset(
    {"this", "his", "has", "is", "was", "as", "basis", "analysis", "always", "times", "others",
     "its", "years", "hours", "minutes", "days", "weeks", "users", "yes", "does",
     "languages", "seconds", "months"}
)  # fmt: skip


class VagueQuantifier(Rule):
    """A vague quantity of something the answer must contain.

    What it does:
        Flags "some", "several", "a few", "a couple of", "various", "multiple" and their like
        between a verb of output ("give", "list", "suggest") and a plural that the answer must
        hold, and "in a few sentences", when no number and no list stands beside it. What others
        provide ("I will give you some reviews"), what is allowed and what is forbidden do not
        count.

    Why is this bad?
        Each model, and each run, picks its own number; length, cost and scores move with it.

    Example:
        Give some examples and list several tips for new customers.

    Use instead:
        Give 3 examples and list 2 tips for new customers.

    What to do:
        Say how many, or give a range such as "2 to 4".

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), specification and intent; OpenAI GPT-5
        prompting guide on vague instructions.
    """

    code = "AMB001"
    name = "vague-quantifier"
    severity = Severity.WARNING
    version = 3
    shapes = (
        shape(
            r"(?:give|list|provide|write|include|suggest|generate|create|offer|add|propose|name"
            r"|show|produce|mention|with|recommend|share|present|brainstorm|draft|compose|prepare"
            r"|supply|ask|tell|me|us|user|reader|customer|them|least|and|or)"
            r" (?:some|several|a few|a couple|various|numerous|a handful|a number|a bunch|lots of"
            r"|a lot of|multiple) "
        ),
        shape(r"(?:of|in|with|within|using) (?:just |only )?(?:some|several|a few|a couple) "),
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each quantity that nothing makes precise."""
        for message in prompt.messages:
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=70, after=100):
                if self._is_fine(message, match):
                    continue
                words = " ".join(message.text[match.start() : match.end()].split())
                text = f'"{words}" leaves the number open'
                yield self.found(prompt, message, match.span(), text)

    @staticmethod
    def _is_fine(message: ParsedMessage, match: re.Match[str]) -> bool:
        """Made precise by a number or a list, or something that others provide."""
        if match["noun"] in _NOT_PLURAL:
            return True
        if _SOMEONE_ELSE.search(message.lower[max(0, match.start() - 30) : match.start()]):
            return True
        return bool(_NUMBERED.match(message.lower, match.end()))
