"""AMB005."""

from promptops.lint.finding import Severity
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule


class MissingContext(PhraseRule):
    """A reference to a conversation that the model has not seen.

    What it does:
        Flags "as we discussed", "like last time", "as usual" and their like.

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
    triggers = ("discussed", "agreed", "talked", "last time", "usual", "previous conversation",
                "earlier conversation", "last conversation", "mentioned earlier")  # fmt: skip
    pattern = phrase(
        r"\b(?:as|like|(?:format|style|structure|rules|plan|way|template)(?: that| which)?)"
        r" we (?:have )?(?:discussed|agreed|talked about)\b"
        r"|\b(?:like|as|same as|from) last time\b"
        r"|\b(?:do|write|answer|format|respond|reply)[^.\n]{0,40} as usual\b"
        r"|\b(?:from|in|as in|based on) (?:our|my|the) (?:previous|earlier|last) conversations?\b"
    )
    text = '"{}" refers to something the model has not seen'
