"""AMB004."""

import re

from promptops.lint.finding import Severity
from promptops.lint.parsed import ParsedMessage
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule


class OpenList(PhraseRule):
    """A list of required outputs that ends in "etc.".

    What it does:
        Flags "etc.", "and so on" and "and the like" in a sentence that says what to extract,
        return or classify.

    Why is this bad?
        The model completes the list by itself; fields appear and vanish between runs.

    Example:
        Extract the name, the order number, the date, etc. from the message.

    Use instead:
        Extract the name, the order number and the date from the message.

    What to do:
        Write the whole list, or name the class of things it stands for.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), underspecified output.
    """

    code = "AMB004"
    name = "open-list"
    severity = Severity.WARNING
    triggers = ("etc", "and so on", "and so forth", "and the like")
    pattern = phrase(r"(?:\betc\b\.?|\band so (?:on|forth)\b|\band the like\b)")
    text = '"{}" leaves the list of what to return open'
    _asks = phrase(
        r"(?:^|[:;,] |\band |\bthen |\bto )(?:extract|return|output|classify|categorize|label"
        r"|identify all|list all|include all|respond with|answer with|reply with|fill in) "
    )

    def accepts(self, message: ParsedMessage, match: re.Match[str]) -> bool:
        """Only sentences that say what to return count, and no aside in parentheses."""
        start, end = message.sentence_at(match.start())
        before = message.lower[start : match.start()].lstrip("-*•0123456789.) ")
        aside = before.count("(") > before.count(")")
        return aside or end == start or not self._asks.search(before)
