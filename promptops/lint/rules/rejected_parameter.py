"""MOD001."""

from collections.abc import Iterator, Mapping

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.targets import Call, targeted

_DEFAULTS = {"temperature": (1,), "top_p": (1,), "top_k": ()}


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
            yield from self._prefill(prompt, call)
            for topic, names in (
                ("sampling", _non_default(call.params)),
                ("thinking_budget", _budget(call.params)),
            ):
                if not names:
                    continue
                for target, fact, certainty in call.facts(topic):
                    level = None if certainty == "certain" else Severity.INFO
                    for name in names:
                        text = f'"{name}" is refused by {target.shown}: {fact.text.rstrip(".")}'
                        yield self.found_at_key(
                            prompt, call.pointer(name), text, severity=level, variant=call.variant
                        )

    def _prefill(self, prompt: ParsedPrompt, call: Call) -> Iterator[Finding]:
        last = call.messages[-1]
        if last.role != "assistant":
            return
        for target, fact, certainty in call.facts("prefill"):
            level = None if certainty == "certain" else Severity.INFO
            text = f"{target.shown} refuses a prefilled answer: {fact.text.rstrip('.')}"
            yield self.found(prompt, last, (0, len(last.text)), text, severity=level)


def _non_default(params: Mapping[str, object]) -> list[str]:
    return [
        name
        for name, fine in _DEFAULTS.items()
        if isinstance(params.get(name), int | float) and params[name] not in fine
    ]


def _budget(params: Mapping[str, object]) -> list[str]:
    thinking = params.get("thinking")
    nested = isinstance(thinking, Mapping) and "budget_tokens" in thinking
    return ["thinking"] if nested else [name for name in ("budget_tokens",) if name in params]
