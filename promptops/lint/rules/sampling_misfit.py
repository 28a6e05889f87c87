"""MOD006."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.misfits import misfits
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.targets import targeted


class SamplingMisfit(Rule):
    """The temperature is one that the declared model does badly with.

    What it does:
        Compares `temperature` with the range that the vendor gives for the declared target: 1 for
        Gemini 3, 0.5 to 0.7 for DeepSeek-R1, above 0 for thinking models of Qwen3.

    Why is this bad?
        The model repeats itself without end, or reasons worse. Elsewhere 0 is the usual choice,
        so the habit is carried over.

    Example:
        model: {requires: {model: gemini/gemini-3.1-pro-preview}, params: {temperature: 0}}
        messages: [{role: user, content: Name the capital of France.}]

    Use instead:
        model: {requires: {model: gemini/gemini-3.1-pro-preview}, params: {temperature: 1}}
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Leave temperature out, or set it to a value in the range.

    Source:
        Google Gemini 3 developer guide; Qwen3 and QwQ model cards; DeepSeek-R1 usage
        recommendations.
    """

    code = "MOD006"
    name = "sampling-misfit"
    severity = Severity.WARNING
    needs_file = True

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding for each target that the temperature does not fit."""
        for call in targeted(prompt):
            for misfit in misfits(call):
                if misfit.topic == "temperature":
                    place = call.pointer(misfit.param)
                    yield self.found_at_key(prompt, place, misfit.text, variant=call.variant)
