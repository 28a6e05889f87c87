"""MOD011."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule
from promptops.lint.targets import targeted

_BAN = phrase(
    r"\b(?:(?:do not|don't|never|must not) (?:infer|guess|make (?:any )?(?:inferences|deductions)"
    r"|deduce|draw (?:any )?conclusions)(?: or (?:infer|guess|assume|speculate))?"
    r"|no (?:inference|inferences|guessing|deductions?)(?: allowed)?)"
    r"(?= ?(?:[.!;\n]|$|anything|at all))"
)


class BroadInferenceBan(Rule):
    """Gemini 3 is forbidden to infer anything.

    What it does:
        Flags "do not infer", "never guess" and their like, with nothing behind them that says what
        must not be inferred, when the declared target is Gemini 3.

    Why is this bad?
        The model takes it so literally that it no longer adds up numbers that the text gives.

    Example:
        model: {requires: {model: gemini/gemini-3.1-pro-preview}}
        messages: [{role: user, content: "Revenue was 5, cost 3. State the profit. Do not infer."}]

    Use instead:
        model: {requires: {model: gemini/gemini-3.1-pro-preview}}
        messages:
          - role: user
            content: "Revenue was 5, cost 3. State the profit. Use only the numbers given here."

    What to do:
        Say which source may be used, and allow calculating and concluding from it.

    Source:
        Google Gemini 3 prompting guide.
    """

    code = "MOD011"
    name = "broad-inference-ban"
    severity = Severity.WARNING
    tags = ("pd-specification",)
    needs_file = True
    triggers = ("infer", "guess", "deduc", "draw conclusions", "draw any conclusions")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each ban once for each wording that is sent to Gemini 3."""
        for call in targeted(prompt):
            hit = [item for item in call.claims("inference_ban", "avoid") if item[2] == "certain"]
            for message in call.messages if hit else ():
                for match in message.find(_BAN, self.regions):
                    words = " ".join(message.text[match.start() : match.end()].split())
                    text = f'{hit[0][0].shown} takes "{words}" so literally that it stops reasoning'
                    yield self.found(prompt, message, match.span(), text)
