"""MOD012."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import NUMBER, number, phrase
from promptops.lint.rule import Rule
from promptops.lint.targets import calls

_LENGTH = phrase(
    rf"\b(?:at least|minimum of|exactly|about|around|approximately|write|a|an|in) (?P<n>{NUMBER})"
    r"(?:-| )(?P<unit>word|sentence|paragraph)s?\b"
)
_TOKENS = {"word": 1.3, "sentence": 20.0, "paragraph": 80.0}
_UPPER = phrase(
    r"(?:at most|no more than|up to|under|fewer than|less than|maximum of|within|per)[^.\n]{0,12}$"
)


class AnswerDoesNotFit(Rule):
    """The answer that is asked for is longer than the model may write.

    What it does:
        Compares lengths that the text asks for ("write 800 words") with `max_tokens`, at 1.3
        tokens a word, 20 a sentence and 80 a paragraph.

    Why is this bad?
        Every answer breaks off in the middle, JSON included.

    Example:
        messages: [{role: user, content: Write 800 words about our returns policy.}]
        model: {params: {max_tokens: 120}}

    Use instead:
        messages: [{role: user, content: Write 80 words about our returns policy.}]
        model: {params: {max_tokens: 120}}

    What to do:
        Raise max_tokens, or ask for less.

    Source:
        OpenAI tokenizer guidance (about 0.75 words a token in English).
    """

    code = "MOD012"
    name = "answer-does-not-fit"
    severity = Severity.ERROR
    tags = ("pd-specification",)
    needs_file = True
    version = 2
    triggers = ("word", "sentence", "paragraph")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each length that does not fit."""
        for call in calls(prompt):
            limit = call.params.get("max_tokens")
            if not isinstance(limit, int):
                continue
            for message in call.messages:
                if message.is_shot:
                    continue
                for match in message.find(_LENGTH, self.regions):
                    if _UPPER.search(message.lower[max(0, match.start() - 30) : match.start()]):
                        continue
                    needed = number(match["n"]) * _TOKENS[match["unit"]]
                    if needed > limit:
                        text = f"this needs about {needed:.0f} tokens, and max_tokens is {limit}"
                        yield self.found(prompt, message, match.span(), text)
