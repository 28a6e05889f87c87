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
        r"\b(?:make|keep|ensure|should be|must be|be|sound|is|are)(?: (?:it|sure|that|the|your|this"
        r"|is|very|as|more|both|really|answer|response|reply|text|description|tone|content|output"
        r"|result|post|copy|writing|email)){0,5} (?:high[- ]quality|of high quality|engaging"
        r"|compelling|beautiful|nice|interesting|catchy|captivating|eye-catching|impressive"
        r"|amazing|good|great|perfect|top[- ]quality)\b(?! (?:at|for|in|to|enough|with|with\b))"
    )
    text = '"{}" is a matter of taste'
