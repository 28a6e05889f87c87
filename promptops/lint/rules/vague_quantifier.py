"""AMB001."""

import re

from promptops.lint.finding import Severity
from promptops.lint.parsed import ParsedMessage
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule


class VagueQuantifier(PhraseRule):
    """A vague quantity of something the answer must contain.

    What it does:
        Flags "some", "several", "a few", "various" and their like before a plural that the answer
        must hold, when no number follows.

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
    triggers = ("some ", "several ", "a few", "a couple", "various ", "numerous ", "a handful",
                "a number of", "some\n", "several\n", "various\n")  # fmt: skip
    pattern = phrase(
        r"\b(?:give|list|provide|write|include|suggest|generate|create|offer|add|propose|name"
        r"|show|produce|mention|come up with|recommend)(?: me| us| the (?:user|reader|customer)"
        r"| them)?(?: with)? (?P<vague>some|several|a few|a couple of|various|numerous|a handful of"
        r"|a number of) (?!of\b)(?:[a-z-]{2,20} ){0,2}?(?P<noun>[a-z-]{2,20}[a-rt-z]s)\b"
        r"|\b(?:of|in|with|within|using) (?:some|several|a few) (?:words|sentences|lines|points"
        r"|bullet points|paragraphs|steps)\b"
    )
    text = '"{}" leaves the number open'
    _numbered = re.compile(r"[^.\n]{0,12}\d")
    _someone_else = re.compile(
        r"\b(?:i|i'll|i'd|we|they|he|she|it|which|that|who|user|customer|input)(?:\s\w{2,10}){0,2}\s$"
    )
    _not_plural = frozenset(
        {"this", "his", "has", "is", "was", "as", "basis", "analysis", "always"}
    )

    def accepts(self, message: ParsedMessage, match: re.Match[str]) -> bool:
        """Precise by a number, as in "several (3-5)", or something that others provide."""
        if match["noun"] in self._not_plural:
            return True
        if self._someone_else.search(message.lower[max(0, match.start() - 30) : match.start()]):
            return True
        return bool(self._numbered.match(message.lower, match.end()))
