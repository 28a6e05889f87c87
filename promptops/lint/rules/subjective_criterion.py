"""AMB003."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("quality", "engaging", "compelling", "beautiful", "nice", "interesting", "catchy",
          "captivating", "eye-catching", "impressive", "amazing", "good", "great", "perfect",
          "appealing", "memorable", "elegant", "stunning", "awesome", "well-written",
          "attractive", "delightful")  # fmt: skip
_TASTE = (
    r"(?:high[- ]quality|of (?:high|the highest) quality|top[- ]quality|engaging|compelling"
    r"|beautiful|nice|interesting|catchy|captivating|eye-catching|impressive|amazing|good|great"
    r"|perfect|appealing|memorable|elegant|stunning|awesome|well-written|attractive|delightful)"
)
_PATTERN = phrase(
    r"\b(?:make|keep|ensure|sound|feel)(?: (?:it|sure|that|the|your|this|them|is|are|be|as|very"
    r"|more|both|really|all|look|sound|feel|and|[a-z]{3,14}(?:,| and)|answers?|responses?"
    r"|repl(?:y|ies)|texts?|descriptions?|tone|content|output|results?|posts?|copy|writing|emails?"
    rf"|story|lyrics|explanation|design|page|article|title)){{0,5}} {_TASTE}\b"
    r"|\b(?:write|create|produce|generate|give me|provide|craft|design|compose|draft|build)"
    r"(?: me)?(?: an?| the)? (?:[a-z]{3,14},? (?:and )?){0,2}"
    r"(?:high[- ]quality|top[- ]quality|engaging|compelling|captivating|eye-catching|impressive"
    r"|amazing|stunning|awesome|memorable|catchy|beautiful|delightful)\b"
    r"|\b(?:should|must) be (?:very |really |both |as )?(?:[a-z]{3,14}(?:,| and) ){0,2}"
    rf"{_TASTE}\b"
)


class SubjectiveCriterion(Rule):
    """A demand on the answer that no test can settle.

    What it does:
        Flags "make it engaging", "ensure high quality", "write a compelling post", "should be
        catchy" and their like: an adjective of taste as what the answer must be.

    Why is this bad?
        Neither the model nor a golden set can tell whether it was met.

    Example:
        Make the description engaging and high-quality.

    Use instead:
        Open the description with the main benefit and keep every sentence under 20 words.

    What to do:
        Say what a reader would see or measure when it is met.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404); OpenAI GPT-5 prompting guide.
    """

    code = "AMB003"
    name = "subjective-criterion"
    severity = Severity.INFO
    version = 2
    shapes = (
        shape(
            r"(?:make|keep|ensure|sound|feel|write|create|produce|generate|give me|provide|craft"
            r"|design|compose|draft|build|be)(?: [a-z,]{1,15}){0,6} (?:(?:high|top|the highest)"
            r"[- ]quality|engaging|compelling|beautiful|nice|interesting|catchy|captivating"
            r"|eye-catching|impressive|amazing|good|great|perfect|appealing|memorable|elegant"
            r"|stunning|awesome|well-written|attractive|delightful)"
        ),
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each demand of taste."""
        for message in prompt.messages:
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=90, after=30):
                words = " ".join(message.text[match.start() : match.end()].split())
                yield self.found(prompt, message, match.span(), f'"{words}" is a matter of taste')
