"""ECO002."""

from promptops.lint.finding import Severity
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule


class Politeness(PhraseRule):
    """Courtesies towards the model.

    What it does:
        Flags "could you please", "I would like you to" and "thank you" at the edge of a sentence
        of instructions. A bare "please" is left alone.

    Why is this bad?
        They are paid for on every call; measured effects on answers are small and mixed.

    Example:
        Could you please summarize the report? Thank you very much in advance!

    Use instead:
        Summarize the report.

    What to do:
        State the instruction directly.

    Source:
        Bsharat et al., "Principled Instructions Are All You Need" (arXiv 2312.16171), principle 1.
    """

    code = "ECO002"
    name = "politeness"
    severity = Severity.INFO
    triggers = ("please", "i would like you", "thank", "i'd like you")
    pattern = phrase(
        r"\b(?:(?:could|can|would|will) you please|i(?: would|'d) (?:really )?like you to"
        r"|kindly please"
        r"|thank(?:s| you)(?: very much| so much)? in advance|thank you (?:very|so) much for your"
        r" (?:help|time))\b"
    )
    text = '"{}" costs tokens and adds no instruction'
