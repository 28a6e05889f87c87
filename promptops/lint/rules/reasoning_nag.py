"""MOD002."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule
from promptops.lint.targets import targeted

_NAG = phrase(
    r"\b(?:(?:let'?s |please |always |first,? )?(?:think|reason|work)(?: (?:about|through)"
    r" (?:it|this|the (?:problem|question|task)))?,? step[ -]by[ -]step"
    r"(?: before (?:you )?answer(?:ing)?)?"
    r"|take a deep breath(?: and (?:think|work)[a-z ]{0,30})?"
    r"|(?:use|show|write out|explain) (?:a |your )?(?:chain[ -]of[ -]thought(?: reasoning)?"
    r"|(?:step[ -]by[ -]step )?(?:reasoning|thinking)(?: step[ -]by[ -]step)))\b"
)


class ReasoningNag(Rule):
    """A model that reasons on its own is told to think.

    What it does:
        Flags "think step by step" and its like when the declared target is a reasoning model.
        Without a declared target, or for another kind of model, it says nothing.

    Why is this bad?
        Reasoning models plan before they answer; being told to costs tokens and may make the
        answer worse.

    Example:
        model: {requires: {model: deepseek/deepseek-reasoner}}
        messages: [{role: user, content: Think step by step. What is the cheapest tariff?}]

    Use instead:
        model: {requires: {model: deepseek/deepseek-reasoner}}
        messages: [{role: user, content: What is the cheapest tariff?}]

    What to do:
        Delete the phrase; set the effort of reasoning by parameter.

    Source:
        OpenAI reasoning best practices; DeepSeek-R1 usage recommendations; QwenLM/Qwen3 README.
    """

    code = "MOD002"
    name = "reasoning-nag"
    severity = Severity.WARNING
    tags = ("pd-efficiency",)
    needs_file = True
    triggers = ("step by step", "step-by-step", "deep breath", "chain of thought",
                "chain-of-thought", "step\nby step", "step by\nstep")  # fmt: skip

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each phrase once for each wording that is sent to a reasoning model."""
        for call in targeted(prompt):
            hit = [item for item in call.claims("thinking_hints", "avoid") if item[2] == "certain"]
            for message in call.messages if hit else ():
                if message.is_shot:
                    continue
                for match in message.find(_NAG, self.regions):
                    words = " ".join(message.text[match.start() : match.end()].split())
                    text = f'{hit[0][0].shown} reasons on its own: "{words}" adds nothing'
                    yield self.found(
                        prompt,
                        message,
                        match.span(),
                        text,
                        fix=("delete the phrase", "") if "\n" not in match.group() else None,
                        applicability="unsafe",
                    )
