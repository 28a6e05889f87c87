"""MOD001."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.misfits import misfits
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.targets import targeted

_REFUSED = frozenset({"prefill", "sampling", "thinking_budget"})


class RejectedParameter(Rule):
    """The declared model refuses the request.

    What it does:
        Checks each declared target against dated facts: a prefilled answer (a last message of the
        assistant), sampling parameters other than the default, and a thinking budget, where the
        model's API refuses them. A target that names a family and no version gets a remark.

    Why is this bad?
        Every call fails with status 400.

    Example:
        model: {requires: {model: anthropic/claude-opus-4-7}, params: {temperature: 0}}
        messages: [{role: user, content: Name the capital of France.}]

    Use instead:
        model: {requires: {model: anthropic/claude-opus-4-7}, params: {max_tokens: 20}}
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Remove the parameter, or the prefilled answer; declare the format as `output: {schema: …}`.

    Source:
        Anthropic model migration guide (4.6, 4.7, 5); OpenAI API error unsupported_value.
    """

    code = "MOD001"
    name = "rejected-parameter"
    severity = Severity.ERROR
    needs_file = True

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding for each thing that a target refuses."""
        for call in targeted(prompt):
            for misfit in misfits(call):
                if misfit.topic not in _REFUSED:
                    continue
                level = None if misfit.certainty == "certain" else Severity.INFO
                if misfit.param:
                    place = call.pointer(misfit.param)
                    yield self.found_at_key(
                        prompt, place, misfit.text, severity=level, variant=call.variant
                    )
                else:
                    last = call.messages[-1]
                    yield self.found(prompt, last, (0, len(last.text)), misfit.text, severity=level)
