"""MOD008."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.targets import targeted

_SWITCH = re.compile(r"(?<![\w/.`<])/(?:no_?think|think)\b(?![/`>\w])")


class IdleThinkSwitch(Rule):
    """A Qwen3 think switch is sent to a model that does not know it.

    What it does:
        Flags `/think` and `/no_think` in the text when the declared target is a Qwen3 model with
        one mode (the 2507 releases, Next, Coder) or a model of another family.

    Why is this bad?
        The model reads the switch as words, and thinks, or does not, as it would have anyway.

    Example:
        model: {requires: {model: Qwen/Qwen3-30B-A3B-Instruct-2507}}
        messages: [{role: user, content: Name the capital of France. /no_think}]

    Use instead:
        model: {requires: {model: Qwen/Qwen3-8B}}
        messages: [{role: user, content: Name the capital of France. /no_think}]

    What to do:
        Delete the switch and choose the Instruct or the Thinking model.

    Source:
        QwenLM/Qwen3 README.
    """

    code = "MOD008"
    name = "idle-think-switch"
    severity = Severity.WARNING
    needs_file = True
    triggers = ("/think", "/no_think", "/nothink")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each switch once for each wording that is at fault."""
        for call in targeted(prompt):
            hearing = {target for target, _, _ in call.claims("think_switch", "template")}
            deaf = next(
                (target for target in call.targets if target.family and target not in hearing), None
            )
            for message in call.messages if deaf else ():
                for match in message.find(_SWITCH, self.regions):
                    text = f'"{match.group()}" switches nothing in {deaf.shown if deaf else ""}'
                    yield self.found(
                        prompt,
                        message,
                        match.span(),
                        text,
                        fix=("delete the switch", ""),
                        applicability="safe",
                    )
