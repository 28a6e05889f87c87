"""AMB004."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, sentence_around
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_SEEDS = ("etc", "and so on", "and so forth", "and the like", "and/or", "and more.")
_PATTERN = phrase(
    r"(?:\betc\b\.?|\band so (?:on|forth)\b|\band the like\b|\band more(?=\.)|\band/or\b)"
)
_VERBS = (
    r"(?:extract|return|output|classify|categori[sz]e|label|identify|include|capture|collect"
    r"|list|report|respond with|answer with|reply with|fill in|parse out|tag)"
)
_ASKS = phrase(rf"(?:^|[:;,] |\band |\bthen |\bto |\bmust |\bshould |\bplease ){_VERBS} ")
_OTHERS = phrase(
    r"\b(?:i|you|we|they|that|which|who|may|can|could|might|not|never|avoid|without|regardless"
    r"|any) (?:also )?(?:[a-z]{2,12} ){0,1}$"
)


class OpenList(Rule):
    """A list of required outputs that ends in "etc.".

    What it does:
        Flags "etc.", "and so on", "and the like" and "and more." at the end of what a sentence
        tells the model to extract, return, list, include, identify or classify; "and/or" there
        is a remark (severity info). A list in parentheses only illustrates what stands before it
        and does not count; neither does a prohibition.

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
    version = 2
    shapes = (
        rf"{_VERBS}[^a-z][^\n]{{3,240}}(?:etc|and so (?:on|forth)|and the like|and/or|and more\.)",
        rf"{_VERBS}[^a-z][^.]{{3,240}}(?:etc|and so (?:on|forth)|and the like|and/or|and more\.)",
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the open end of each list that the answer must hold."""
        for message in prompt.messages:
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=2, after=14):
                start, end = sentence_around(message, match.start())
                before = message.lower[start : match.start()].lstrip("-*•0123456789.) ")
                aside = before.count("(") > before.count(")")
                asked = _ASKS.search(before)
                if aside or end == start or asked is None:
                    continue
                listed = before[asked.end() :]
                either = match.group() == "and/or"
                if either and before.rstrip().endswith(","):
                    continue
                if _OTHERS.search(before[: asked.start() + 1]) or (
                    not either and "," not in listed
                ):
                    continue
                text = f'"{match.group()}" leaves the list of what to return open'
                yield self.found(
                    prompt,
                    message,
                    match.span(),
                    text,
                    severity=Severity.INFO if either else None,
                )
