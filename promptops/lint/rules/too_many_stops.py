"""MOD014."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.misfits import misfits
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.targets import targeted


class TooManyStops(Rule):
    """More stop sequences are set than the declared model takes.

    What it does:
        Compares the number of `stop` (or `stop_sequences`) with the limit of the declared target's
        API: 4 for OpenAI, 5 for Gemini, 16 for DeepSeek.

    Why is this bad?
        The request is refused.

    Example:
        model: {requires: {family: gpt}, params: {stop: [END, STOP, "---", "###", "Q:"]}}
        messages: [{role: user, content: Name the capital of France.}]

    Use instead:
        model: {requires: {family: gpt}, params: {stop: [END, "---"]}}
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Keep the sequences that occur; let an output schema end the answer.

    Source:
        OpenAI, Gemini and DeepSeek API references, stop.
    """

    code = "MOD014"
    name = "too-many-stops"
    severity = Severity.ERROR
    needs_file = True

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding for each target whose limit is passed."""
        for call in targeted(prompt):
            for misfit in misfits(call):
                if misfit.topic == "stop_sequences":
                    level = None if misfit.certainty == "certain" else Severity.INFO
                    place = call.pointer(misfit.param)
                    yield self.found_at_key(
                        prompt, place, misfit.text, severity=level, variant=call.variant
                    )
