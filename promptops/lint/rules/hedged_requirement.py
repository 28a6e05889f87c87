"""AMB006."""

import re

from promptops.lint.finding import Severity
from promptops.lint.parsed import ParsedMessage
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule


class HedgedRequirement(PhraseRule):
    """A requirement on the output that is phrased as an attempt.

    What it does:
        Flags "try to", "attempt to", "do your best to" and "ideally" before a verb of output
        ("return", "include", "avoid", "keep" and so on), and "if possible" after one.

    Why is this bad?
        Newer models follow instructions to the letter: an attempt may fail, a rule may not.

    Example:
        Try to return valid JSON and avoid extra text if possible.

    Use instead:
        Return valid JSON and nothing else.

    What to do:
        State it as a rule, or say what to do when it cannot be met.

    Source:
        OpenAI GPT-4.1 prompting guide (literal instruction following); arXiv 2509.14404.
    """

    code = "AMB006"
    name = "hedged-requirement"
    severity = Severity.WARNING
    triggers = ("try to", "try and", "attempt to", "your best", "ideally", "if possible", "try\n")
    pattern = phrase(
        r"(?:\btry(?: and| to)|\battempt to|\bdo your best to|\bideally,?(?: you)?(?: should)?)"
        r"(?: always| only| not)?(?: to)? (?:return|output|respond|answer|reply|format|include|keep"
        r"|avoid|follow|stay|limit)\b"
        r"|\b(?:return|output|respond|answer|reply|avoid|keep)\b[^.;:\n]{0,60},? if possible\b"
    )
    text = '"{}" may be taken as optional'

    def accepts(self, message: ParsedMessage, match: re.Match[str]) -> bool:
        """Whether it is negated: "do not try to" is a rule, not an attempt."""
        before = message.lower[max(0, match.start() - 8) : match.start()].rstrip()
        return before.endswith(("not", "never", "n't"))
