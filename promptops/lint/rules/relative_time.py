"""AMB009."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Wording
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_ADJECTIVES = ("latest", "recent", "current", "up-to-date", "newest", "today", "this year",
               "last year", "nowadays", "this month", "last month", "this week", "last week",
               "this quarter", "last quarter", "the past ", "the last ", "yesterday",
               "tomorrow")  # fmt: skip
_NEW = (
    r"(?:news|versions?|trends?|data|research|developments?|events?|prices?|statistics|studies"
    r"|guidelines|standards|best practices|practices|laws?|regulations?|literature|technology"
    r"|technologies|findings|releases?|publications?|papers|legislation|figures|advances|updates)"
)
_NOW = (
    r"(?:news|trends?|events?|prices?|best practices|market|interest rates?|exchange rates?|laws?"
    r"|regulations?|legislation|year|date|affairs)"
)
_PATTERN = phrase(
    rf"\b(?:latest|most recent|up-to-date|newest) (?:[a-z-]{{2,20}} ){{0,2}}?{_NEW}\b"
    rf"|\bcurrent (?:[a-z-]{{2,20}} )?{_NOW}\b"
    r"|\brecent (?:[a-z-]{2,20} )?(?:news|trends?|research|developments?|events?|studies"
    r"|literature|papers|advances)\b"
    r"|\btoday's (?:date|news|market|weather|prices?)\b"
    r"|\b(?:this|last) (?:year|month|week|quarter)\b"
    r"|\bthe (?:past|last) (?:few )?(?:(?:two|three|five|ten|[0-9]{1,2}) )?"
    r"(?:years?|months?|weeks?)\b|\bthe (?:past|last) few days\b|\bnowadays\b"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?![0-9])")
_DATED = ("as of ", "the web", "the internet", "web search", "browse", "browsing", "search online",
          "current date", "current_date", "today's date", "today is")  # fmt: skip


def _is_title(message: ParsedMessage, match: re.Match[str]) -> bool:
    """Whether the words are part of a name, such as the label "Read This Month"."""
    words = message.text[match.start() : match.end()]
    return words.startswith(("This ", "Last ")) and words.istitle() and " " in words


class RelativeTime(Rule):
    """A time that depends on when the prompt runs.

    What it does:
        Flags "the latest research", "current prices", "this year", "the past few months" and
        their like in a prompt that names no date or year, has no slot for one, and does not
        search the web.

    Why is this bad?
        The model does not know the day: it answers for the end of its training data.

    Example:
        Compare the offer with current prices and the latest regulations.

    Use instead:
        Today is {{ date }}. Compare the offer with the price list below.

    What to do:
        Give the date, or the data that the word stands for.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), context; Anthropic and OpenAI model cards
        (knowledge cutoff).
    """

    code = "AMB009"
    name = "relative-time"
    severity = Severity.INFO
    version = 2
    shapes = (
        shape(
            r"(?:latest|recent|current|up-to-date|newest) (?:[a-z-]{2,20} ){0,2}"
            r"(?:news|version|trend|data|research|develop|event|price|statis|studies|guidel"
            r"|standard|best|practic|market|rate|law|regul|liter|technolog|finding|release|publi"
            r"|papers|legis|figures|year|month|date|affairs|advances|updates)"
        ),
        shape(r"(?:today.s|this|last) (?:date|news|market|weather|price|year|month|week|quarter)"),
        shape(
            r"the (?:past|last) (?:few )?(?:(?:two|three|five|ten|[0-9]{1,2}) )?"
            r"(?:year|month|week|day)"
        ),
    )
    triggers = ("nowadays",)
    tags = ("pd-context",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such time of each message without a date."""
        if prompt.prompt is not None and prompt.prompt.retrieval is not None:
            return
        for wording in prompt.wordings:
            for message in wording.instructing:
                hits = near(message, _PATTERN, _ADJECTIVES, self.regions, before=6, after=70)
                match = next((hit for hit in hits if not _is_title(message, hit)), None)
                if match is None or self._dated(wording):
                    continue
                words = " ".join(message.text[match.start() : match.end()].split())
                text = f'"{words}" depends on a date that the model does not have'
                yield self.found(prompt, message, match.span(), text)

    @staticmethod
    def _dated(wording: Wording) -> bool:
        slots = " ".join(slot.name for message in wording.messages for slot in message.slots)
        named = ("date", "today", "now", "time", "year")
        text = wording.lower
        return (
            any(word in slots.lower() for word in named)
            or any(word in text for word in _DATED)
            or bool(_YEAR.search(text))
        )
