"""AMB002."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("needed", "necessary", "appropriate", "see fit", "applicable", "relevant", "suitable",
          "warranted", "makes sense", "discretion", "helpful", "useful", "desired")  # fmt: skip
_PATTERN = phrase(
    r"\b(?:as (?:needed|necessary|appropriate|you see fit|(?:you )?desired)"
    r"|(?:if|when|where|whenever|wherever) (?:it is |it's |you (?:think|feel|find|deem) it"
    r"(?: is)? )?"
    r"(?:absolutely |really |deemed )?(?:needed|necessary|appropriate|applicable|relevant"
    r"|suitable|warranted|helpful|useful|desired)"
    r"|(?:if|when|where|wherever) (?:it|that|this) makes sense|at your (?:own )?discretion"
    r"|if you see fit)\b(?! (?:by|for the law|to|for)\b)"
)
_RANGE = re.compile(r"\b(?:at least|between|up to|at most) [0-9]")


class OpenCondition(Rule):
    """A condition that nobody can check.

    What it does:
        Flags "as needed", "if necessary", "when appropriate", "where it makes sense", "at your
        discretion" and their like, unless what follows says what it is needed for, or the prompt
        gives the range of an "as many as needed".

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
    version = 3
    shapes = (
        shape(r"(?:as|as you|as you see|if you see) (?:needed|necessary|appropriate|fit|desired)"),
        shape(
            r"(?:if|when|where|whenever|wherever|is|it|it.s|absolutely|really|deemed) (?:needed"
            r"|necessary|appropriate|applicable|relevant|suitable|warranted|helpful|useful"
            r"|desired)"
        ),
        shape(r"(?:it|this|that) makes sense|at your (?:own )?discretion"),
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each condition that nothing can decide."""
        for message in prompt.messages:
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=40, after=40):
                before = message.lower[max(0, match.start() - 8) : match.start()]
                if before.endswith(("as many ", "as much ")) and _RANGE.search(message.lower):
                    continue
                words = " ".join(message.text[match.start() : match.end()].split())
                yield self.found(prompt, message, match.span(), f'"{words}" does not say when')
