"""AMB003."""

from promptops.lint.finding import Severity
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule


class SubjectiveCriterion(PhraseRule):
    """A demand on the answer that no test can settle.

    What it does:
        Flags "make it engaging", "ensure high quality" and their like: an adjective of taste as
        the requirement.

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
    triggers = ("quality", "engaging", "compelling", "beautiful", "nice", "interesting", "catchy",
                "captivating", "eye-catching", "impressive", "amazing", "good", "great",
                "perfect")  # fmt: skip
    pattern = phrase(
        r"\b(?:make|keep|ensure|sound)(?: (?:it|sure|that|the|your|this|is|are|be|as|very|more|both"
        r"|really|all|answers?|responses?|repl(?:y|ies)|texts?|descriptions?|tone|content|output"
        r"|results?|posts?|copy|writing|emails?|story|lyrics|explanation)){0,5} (?:high[- ]quality"
        r"|of high quality|engaging|compelling|beautiful|nice|interesting|catchy|captivating"
        r"|eye-catching|impressive|amazing|good|great|perfect|top[- ]quality)\b"
        r"|\b(?:write|create|produce|generate|give me|provide)(?: an?| the)? (?:[a-z]{2,12}, ){0,2}"
        r"(?:high[- ]quality|engaging|compelling|captivating|eye-catching|impressive|amazing)\b"
        r"|\b(?:should|must) be (?:very |really |both )?(?:high[- ]quality|engaging|compelling"
        r"|catchy|captivating|eye-catching|impressive|amazing|top[- ]quality|of high quality)\b"
    )
    text = '"{}" is a matter of taste'
