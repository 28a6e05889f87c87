"""AMB008."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_TASK = (
    r"(?:translate|summari[sz]e|rate|classify|categori[sz]e|rewrite|evaluate|score|extract|explain"
    r"|compare|critique|correct|proofread|rank|paraphrase|assess|simplify|analy[sz]e|review"
    r"|describe|identify|suggest|improve|edit|answer|draft|debug|test|document|outline|visualize)"
)
_WORDS = r"(?: (?!and\b|or\b|then\b|to\b)[a-z'-]{1,20}){0,4}?"
_PATTERN = phrase(
    rf"(?:^|[.!?:\n]\s{{0,3}}(?:[-*•] )?|\b(?:please|to|must|should|will|can you) )"
    rf"(?P<list>{_TASK}\b{_WORDS}, {_TASK}\b{_WORDS}(?:, {_TASK}\b{_WORDS}){{0,2}}"
    rf",? (?:and|&) {_TASK}\b)"
)
_SEEDS = tuple(
    f", {verb}"
    for verb in (
        "translat", "summar", "rate", "classif", "categor", "rewrit", "evaluat", "score",
        "extract", "explain", "compar", "critiq", "correct", "proofread", "rank", "paraphras",
        "assess", "simplif", "analy", "review", "describ", "identif", "suggest", "improv", "edit",
        "answer", "draft", "debug", "test", "document", "outline", "visual",
    )
)  # fmt: skip
_ORDER = re.compile(
    r"\n[ \t]{0,8}(?:[0-9]{1,2}[.)]|step [0-9]|#{1,6} |[-*•] )|\b(?:first|then|finally|in this"
    r" order|priority|step [0-9]|after that|sections?|headings?|keys?|one after)\b"
)


class SeveralObjectives(Rule):
    """Several tasks at once, without an order.

    What it does:
        Flags a demand that joins three or more tasks ("translate, summarize and rate this text")
        in a prompt without steps, lists, sections, keys or words of order.

    Why is this bad?
        The model weighs the tasks by itself: one of them comes short, a different one each time.

    Example:
        Translate, summarize and rate this review.

    Use instead:
        1. Translate the review into English.
        2. Summarize the translation in one sentence.
        3. Rate the review from 1 to 5.

    What to do:
        Number the tasks and say what each must give, or make a prompt of each.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), conflicting or compound intent; OpenAI
        prompt engineering guide, split complex tasks into simpler subtasks.
    """

    code = "AMB008"
    name = "several-objectives"
    severity = Severity.INFO
    shapes = (
        shape(
            r", (?:translat|summar|rate|classif|categor|rewrit|evaluat|score|extract|explain"
            r"|compar|critiq|correct|proofread|rank|paraphras|assess|simplif|analy|review|describ"
            r"|identif|suggest|improv|edit|answer|draft|debug|test|document|outline|visual)"
            r"[a-z]{0,8}(?: [a-z'-]{1,20}){0,4},? (?:and|&) "
            r"(?:translat|summar|rate|classif|categor|rewrit|evaluat|score|extract|explain"
            r"|compar|critiq|correct|proofread|rank|paraphras|assess|simplif|analy|review|describ"
            r"|identif|suggest|improv|edit|answer|draft|debug|test|document|outline|visual)"
        ),
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such demand of each wording without an order."""
        for wording in prompt.wordings:
            for message in wording.instructing:
                hits = near(message, _PATTERN, _SEEDS, self.regions, before=120, after=160)
                match = next(hits, None)
                if match is None or _ORDER.search(wording.lower):
                    continue
                text = "several tasks and no order between them"
                yield self.found(prompt, message, match.span("list"), text)
                break
