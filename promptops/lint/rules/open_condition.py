"""AMB002."""

from promptops.lint.finding import Severity
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule


class OpenCondition(PhraseRule):
    """A condition that nobody can check.

    What it does:
        Flags "as needed", "if necessary", "when appropriate" and their like.

    Why is this bad?
        The model decides when the instruction applies, differently from call to call.

    Example:
        Search the knowledge base as needed before you answer.

    Use instead:
        Search the knowledge base when the question names a product; otherwise answer directly.

    What to do:
        Name the condition: what must be true for the instruction to apply.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), ambiguous instruction.
    """

    code = "AMB002"
    name = "open-condition"
    severity = Severity.INFO
    triggers = ("as needed", "as necessary", "as appropriate", "see fit", "if ", "when ", "where ")
    pattern = phrase(
        r"\b(?:as (?:needed|necessary|appropriate|you see fit)"
        r"|(?:if|when|where|whenever|wherever) (?:it is )?(?:needed|necessary|appropriate"
        r"|applicable"
        r"|relevant|suitable|warranted))\b(?! (?:by|for the law))"
    )
    text = '"{}" does not say when'
