"""AMB011."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import windows
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.rule import Rule

_SEEDS = ("do not ", "don't ", "never ", "avoid ", "don’t ")
_LEAD = re.compile(
    r"(?:\A|[.!?\n])[ \t]{0,12}(?:[-*•]|[0-9]{1,2}[.)])?[ \t]{0,4}(?:\*\*)?(?:please )?\Z"
)
_END = re.compile(r"[.!?\n]|\Z")
_BETWEEN = " \t\n-*•.)!?0123456789"
_INSTEAD = re.compile(
    r"\b(?:instead|rather|but|only|prefer|unless|except|until|without)\b"
    r"|(?<!not )(?<!n't )(?<!never )\buse\b|[;—:]"
)


_BAN = r"(?:do not|don[^a-z]{1,3}t|never|avoid) "
_TWICE = rf"{_BAN}[^.!?\n]{{3,220}}[.!?\n][^a-z]{{0,20}}(?:please )?{_BAN}"


class ProhibitionOnly(Rule):
    """A run of prohibitions that never says what to do instead.

    What it does:
        Flags three or more prohibitions in a row ("do not …", "never …", "avoid …"; sentences or
        list items) of which none says what to do instead.

    Why is this bad?
        What is left is everything else: models follow a positive instruction more reliably, and
        a prohibition puts the very words into their context.

    Example:
        - Do not use jargon.
        - Do not write long sentences.
        - Never mention our prices.

    Use instead:
        - Use words that a customer knows.
        - Keep every sentence under 20 words.
        - Refer questions about prices to the sales team.

    What to do:
        Turn each into what the answer should do; keep prohibitions for the few hard limits.

    Source:
        OpenAI prompt engineering best practices (say what to do instead of what not to do);
        Anthropic prompt engineering guide (tell the model what to do).
    """

    code = "AMB011"
    name = "prohibition-only"
    severity = Severity.INFO
    shapes = (_TWICE,)
    tags = ("pd-specification",)
    defaults = {"in_a_row": 3}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first prohibition of each run."""
        most = int(self.number("in_a_row"))
        for message in prompt.messages:
            if message.is_shot or sum(message.lower.count(seed) for seed in _SEEDS) < most:
                continue
            run: list[tuple[int, int]] = []
            for at, _ in windows(message.lower, _SEEDS, 0, 0):
                if not self._leads(message, at):
                    continue
                ended = _END.search(message.text, at)
                span = (at, ended.start() if ended else len(message.text))
                between = message.text[run[-1][1] : at] if run else ""
                if between.strip(_BETWEEN) not in {"", "Please", "please"}:
                    yield from self._report(prompt, message, run, most)
                    run = []
                run.append(span)
            yield from self._report(prompt, message, run, most)

    def _leads(self, message: ParsedMessage, at: int) -> bool:
        """Whether an instruction begins here: a line, a list item or a sentence."""
        before = message.lower[max(0, at - 30) : at]
        return message.region(at) in self.regions and (at == 0 or bool(_LEAD.search(before)))

    def _report(
        self, prompt: ParsedPrompt, message: ParsedMessage, run: list[tuple[int, int]], most: int
    ) -> Iterator[Finding]:
        if len(run) < most or any(_INSTEAD.search(message.lower, *span) for span in run):
            return
        text = f"{len(run)} prohibitions in a row and no word on what to do instead"
        yield self.found(prompt, message, run[0], text)
