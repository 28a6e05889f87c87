"""CON015."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around
from promptops.lint.parsed import ParsedMessage, ParsedPrompt, Wording
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule
from promptops.lint.scope import scope

_ONLY_SEEDS = ("only", "just ", "nothing but", "nothing else", "exclusively", "solely",
               "explanation", "explain", "commentary", "justif")  # fmt: skip
_VERB = r"(?:return|respond|reply|answer|output|give|provide|write|print|produce)"
_THING = (
    r"(?:labels?|category|class|number|word|letter|digit|json|sql|query|score|rating|answer|name"
    r"|value|code|translation|result|sentiment|title|id|url|option|integer|boolean|date|yes or no"
    r"|true or false|['\"“]?yes)"
)
_ONLY = phrase(
    rf"\b{_VERB}(?: (?:with|in|me|us))? (?:only|just|nothing but|exclusively|solely)(?: with| in)?"
    rf"(?: (?:the|a|an|one|your|its|that|single|valid|raw))"
    rf"{{0,3}}(?: [a-z-]{{2,16}}){{0,2}}? {_THING}\b"
    rf"|\b{_VERB}(?: with| in)?(?: (?:the|a|an|one|your|its|that|single|valid|raw)){{0,3}}"
    rf"(?: [a-z-]{{2,16}}){{0,2}}? {_THING}(?: only\b|,? and nothing else\b)"
    r"|\b(?:do not|don't|never) (?:explain (?:your|the) (?:answer|reasoning|choice|decision)"
    r"|(?:write|include|add|provide|give)(?: any| an)? (?:explanations?|justifications?))\b"
    r"|(?:^|[,.;:(\n] ?)(?:with )?(?:no|without)(?: any)? (?:explanations?|justifications?)\b"
)
_WHY_SEEDS = ("explain", "justify", "your reasoning", "your work", "your thinking")
_WHY = phrase(
    r"(?:(?<![^\n])|(?<=[.!?:;*-]\s)|(?<=\salso\s)|(?<=\splease\s))(?:also |please |always ){0,2}"
    r"(?:explain|justify|describe|show) (?:your (?:reasoning|answer|choice|decision|thinking"
    r"|rating|score|classification|label|work|conclusion|verdict)"
    r"|why you (?:chose|picked|selected|decided|gave)(?: [a-z']{1,14}){0,4}"
    r"|how you (?:arrived|got|decided|chose|reached|came)(?: [a-z']{1,14}){0,5}"
    r"|the reasons? (?:for|behind) your [a-z]{4,14})"
    r"(?: (?:in (?:detail|full|depth|one sentence|a sentence|a few words)|step by step|briefly"
    r"|clearly|thoroughly|fully|at length|to the user)){0,2}(?=\s{0,3}(?:[.!;\n]|$))"
)
_ELSEWHERE = re.compile(
    r"[\"'`“<](?:reason(?:ing|s)?|explanation|rationale|thoughts?|justification|thinking|scratchpad"
    r"|analysis|why)[\"'`”>:]"
)
_OF_PART = re.compile(
    r"\b(?:reason(?:ing|s)?|rationale|explained|final|last|line|end|tags?|after|before|not only"
    r"|and (?:a|an|the|your|its) )\b|<"
)
_NAMES = frozenset({"label", "name", "value", "code", "title", "question", "explanation", "word",
                    "reason", "rationale", "sentence", "character", "step", "line"})  # fmt: skip


class OnlyOutputExplained(Rule):
    """Nothing but the result is asked for, and an explanation of it.

    What it does:
        Flags "explain your reasoning" and its like as a sentence of its own in a prompt that says
        "return only the label" or "no explanations". Conditions, a place of its own for the
        reasons (a key, a tag) and an order of steps are no conflict.

    Why is this bad?
        Some answers hold the explanation and break what reads them, others leave it out.

    Example:
        Classify the review. Return only the label. Explain your reasoning.

    Use instead:
        Classify the review. Return the label, then one sentence with your reasons.

    What to do:
        Keep one, or give the explanation a place of its own, such as a key of the JSON.

    Source:
        OpenAI prompt optimization cookbook, contradiction checker; arXiv 2509.14404.
    """

    code = "CON015"
    name = "only-output-explained"
    severity = Severity.WARNING
    shapes = (
        (
            r"(?:explain|justify|describe|show)[^a-z]{1,3}(?:your[^a-z]|why[^a-z]{1,3}you"
            r"|how[^a-z]{1,3}you|the[^a-z]{1,3}reason)"
        ),
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each such explanation."""
        for wording in prompt.wordings:
            only: str | None = None  # the same for every match, and read only when there is one
            for message in wording.instructing:
                for match in near(message, _WHY, _WHY_SEEDS, self.regions, before=40, after=140):
                    if not self._is_plain(message, match):
                        continue
                    if only is None:
                        only = self._only(wording)
                    if only:
                        here = " ".join(match.group().split())
                        text = f'"{here}" contradicts "{only}"'
                        yield self.found(prompt, message, match.span(), text)

    def _only(self, wording: Wording) -> str:
        """The first demand for nothing but the result; "" when the reasons have a place."""
        if any(_ELSEWHERE.search(message.lower) for message in wording.instructing):
            return ""
        for message in wording.instructing:
            for match in near(message, _ONLY, _ONLY_SEEDS, self.regions, before=90, after=70):
                if self._is_plain(message, match):
                    return " ".join(match.group().strip(" ,.;:(\n").split())
        return ""

    @staticmethod
    def _is_plain(message: ParsedMessage, match: re.Match[str]) -> bool:
        """Whether the sentence has no condition and is not about a part of the answer."""
        start, end = sentence_around(message, match.end() - 1)
        sentence = message.lower[start:end].replace(match.group(), "", 1)
        plain = scope(sentence, without=_NAMES) == frozenset()
        return plain and not _OF_PART.search(sentence)
