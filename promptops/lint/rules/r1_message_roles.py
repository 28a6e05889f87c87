"""MOD007."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule
from promptops.lint.targets import targeted


class R1MessageRoles(Rule):
    """DeepSeek-R1 is given a system prompt or solved examples.

    What it does:
        Flags the system message, and the first few-shot answer, of a wording whose declared target
        is DeepSeek-R1.

    Why is this bad?
        The model was trained without system prompts and answers worse when shown examples.

    Example:
        model: {requires: {model: deepseek/deepseek-r1}}
        messages:
          - {role: system, content: You sort support tickets.}
          - {role: user, content: "Sort this ticket: my parcel is late."}

    Use instead:
        model: {requires: {model: deepseek/deepseek-r1}}
        messages:
          - {role: user, content: "You sort support tickets. Sort this one: my parcel is late."}

    What to do:
        Put everything into one user message, and describe the answer instead of showing it.

    Source:
        DeepSeek-R1 usage recommendations; DeepSeek-R1 report (arXiv 2501.12948), section 5.
    """

    code = "MOD007"
    name = "r1-message-roles"
    severity = Severity.WARNING
    needs_file = True

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield at most one finding a role and wording."""
        for call in targeted(prompt):
            for topic, role in (("system_role", "system"), ("few_shot", "assistant")):
                for _, claim, certainty in call.claims(topic, "avoid"):
                    message = next((item for item in call.messages if item.role == role), None)
                    if message is not None and certainty == "certain":
                        span = (0, len(message.text))
                        yield self.found(prompt, message, span, claim.text.rstrip("."))
