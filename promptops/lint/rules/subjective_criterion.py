"""AMB003."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("quality", "engaging", "compelling", "beautiful", "nice", "interesting", "catchy",
          "captivating", "eye-catching", "impressive", "amazing", "good", "great", "perfect",
          "appealing", "memorable", "elegant", "stunning", "awesome", "well-written", "pleasing",
          "attractive", "delightful", "punchy", "unforgettable", "user-friendly", "intuitive",
          "stylish", "sophisticated", "striking", "sleek")  # fmt: skip
_STRONG = (
    r"(?:(?:high|top)[- ]quality|engaging|compelling|captivating|eye-catching|impressive|amazing"
    r"|stunning|awesome|memorable|catchy|beautiful|delightful|punchy|unforgettable|user-friendly"
    r"|(?:visually|aesthetically) (?:appealing|pleasing|striking)|appealing|attractive|elegant"
    r"|stylish|sophisticated|sleek|intuitive)"
)
_TASTE = (
    rf"(?:of (?:high|the highest) quality|{_STRONG}|nice|interesting|good|great|perfect"
    r"|well-written)"
)
_AND = r"(?:[a-z]{3,14}(?:,|,? and) ){0,2}"
_PATTERN = phrase(
    r"\b(?:make|keep|ensure|sound|feel)(?: (?:it|sure|that|the|your|this|them|is|are|be|as|very"
    r"|more|both|really|all|look|sound|feel|and|[a-z]{3,14}(?:,| and)|answers?|responses?"
    r"|repl(?:y|ies)|texts?|descriptions?|tone|content|output|results?|posts?|copy|writing|emails?"
    rf"|story|lyrics|explanation|design|scene|page|article|title)){{0,5}} {_TASTE}\b"
    r"|\b(?:ensur(?:e|ing)|make sure|making sure)(?: [a-z]{2,14}){1,4} (?:is|are|be|feels?|looks?)"
    rf" (?:both |very |visually )?{_AND}{_STRONG}\b"
    r"|\b(?:write|create|produce|generate|give me|provide|craft|design|compose|draft|build|develop"
    r"|use|include|incorporate|add|deliver|choose|ensure|(?:end|start|begin|open|close|finish)"
    rf" with)(?: me)?(?: an?| the)? (?:(?!and )[a-z]{{3,14}},? (?:and )?){{0,2}}{_STRONG}\b"
    rf"|\b(?:should|must) be (?:very |really |both |as )?{_AND}{_TASTE}\b"
    rf"|\bin an? (?:more )?{_AND}{_STRONG} (?:way|manner|tone|style|fashion|paragraph|format)\b"
    rf"|\bwith more {_STRONG}\b"
)
_NOT_TOLD = re.compile(
    r"(?:\b(?:not|never|avoid|without|if|whether|i|we|they|who|can|could|may|might)|n't)\s$"
)


class SubjectiveCriterion(Rule):
    """A demand on the answer that no test can settle.

    What it does:
        Flags "make it engaging", "ensure high quality", "write a compelling post", "use
        engaging visuals", "in a compelling way", "should be catchy" and their like: an adjective
        of taste as what the answer must be.

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
    version = 3
    shapes = (
        shape(
            r"(?:make|keep|ensur(?:e|ing)|making|sound|feel|write|create|produce|generate|give me"
            r"|provide|craft|design|compose|draft|build|develop|use|include|incorporate|add"
            r"|deliver|choose|with|be|in)(?: [a-z,]{1,15}){0,8} (?:(?:high|top|the highest)"
            r"[- ]quality|engaging|compelling|beautiful|nice|interesting|catchy|captivating"
            r"|eye-catching|impressive|amazing|good|great|perfect|appealing|memorable|elegant"
            r"|stunning|awesome|well-written|attractive|delightful|punchy|unforgettable"
            r"|user-friendly|intuitive|stylish|sophisticated|sleek|pleasing|striking)"
        ),
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each demand of taste."""
        for message in prompt.messages:
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=90, after=30):
                if _NOT_TOLD.search(message.lower, max(0, match.start() - 12), match.start()):
                    continue
                words = " ".join(message.text[match.start() : match.end()].split())
                yield self.found(prompt, message, match.span(), f'"{words}" is a matter of taste')
