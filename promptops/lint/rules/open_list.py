"""AMB004."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("etc", "and so on", "and so forth", "and the like", "and/or", "and more",
          "and whatever else")  # fmt: skip
_PATTERN = phrase(
    r"(?:\betc\b\.?|\band so (?:on|forth)\b|\band the like\b|\band more(?=\.)|\band/or\b"
    r"|\band whatever else\b)"
)
_VERBS = (
    r"(?:extract|return|output|classify|categori[sz]e|label|identify|include|capture|collect"
    r"|list|report|respond with|answer with|reply with|fill in|parse out|tag)"
)
_BROADER = (
    r"(?:provide|give|show|write|describe|cover|mention|add|create|generate|explain|highlight"
    r"|flag|analy[sz]e|suggest|offer|allow|draw)"
)
_LEAD = r"(?:^(?:you (?:will )?)?|[:;,] |\band |\bthen |\bto |\bmust |\bshould |\bplease )"
_ASKS = phrase(rf"{_LEAD}{_VERBS} ")
_ASKS_BROADLY = phrase(rf"{_LEAD}{_BROADER} |^be ")
_PERHAPS = re.compile(r"\b(?:i|we|they|who|which|may|can|could|might)\b")
_OTHERS = phrase(
    r"\b(?:i|you|we|they|that|which|who|may|can|could|might|not|never|avoid|without|regardless"
    r"|any) (?:also )?(?:[a-z]{2,12} ){0,1}$"
)
_ENDS = r"(?:etc|and so (?:on|forth)|and the like|and/or|and more\.|and whatever else)"
_ANY_VERB = rf"(?:{_VERBS}|{_BROADER}|be)"


class OpenList(Rule):
    """A list of required outputs that ends in "etc.".

    What it does:
        Flags "etc.", "and so on", "and the like", "and whatever else" and "and more." at the end
        of what a sentence tells the model to extract, return, list, include, identify or
        classify; "and/or" there is a remark (severity info), and so is the open end of what it is
        to provide, write, show or be. A list in parentheses only illustrates what stands before
        it and does not count; neither does a prohibition.

    Why is this bad?
        The model completes the list by itself; fields appear and vanish between runs.

    Example:
        Extract the name, the order number, the date, etc. from the message.

    Use instead:
        Extract the name, the order number and the date from the message.

    What to do:
        Write the whole list, or name the class of things it stands for.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), underspecified output.
    """

    code = "AMB004"
    name = "open-list"
    severity = Severity.WARNING
    version = 3
    shapes = (
        rf"{_ANY_VERB}[^a-z][^\n]{{3,240}}{_ENDS}",
        rf"{_ANY_VERB}[^a-z][^.]{{3,240}}{_ENDS}",
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the open end of each list that the answer must hold."""
        for message in prompt.messages:
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=2, after=24):
                start, end = sentence_around(message, match.start())
                before = message.lower[start : match.start()].lstrip("-*•0123456789.) ")
                aside = before.count("(") > before.count(")")
                strict = _ASKS.search(before)
                asked = strict or _ASKS_BROADLY.search(before)
                if aside or end == start or asked is None:
                    continue
                if strict is None and _PERHAPS.search(before[: asked.start()]):
                    continue
                either = match.group() == "and/or"
                if _OTHERS.search(before[: asked.start() + 1]) or (
                    "," not in before[asked.end() :] and not (either and strict)
                ):
                    continue
                text = f'"{match.group()}" leaves the list of what to return open'
                severity = Severity.INFO if either or not strict else None
                yield self.found(prompt, message, match.span(), text, severity=severity)
