"""MOD010."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule
from promptops.lint.targets import calls

_IDENTITY = phrase(
    r"\b(?:you are|as|act as) (?P<name>chatgpt|gpt-?[345][\w.-]{0,10}|claude|gemini|bard|copilot"
    r"|llama(?:-?[234])?"
    r"|mistral|qwen|deepseek)\b(?! (?:plugin|user|expert|prompt|engineer))"
    r"(?=,|\.| and| an?\b|:|;|\n|$| who| that)"
)
_NAMED = (
    r"(?:you[^a-z0-9]{1,3}are|as)[^a-z0-9]{1,3}(?:chatgpt|gpt-?[345]|claude|gemini|bard|copilot|llama|mistral"
    r"|qwen|deepseek)"
)
_FAMILIES = {
    "chatgpt": "gpt", "gpt": "gpt", "copilot": "gpt", "claude": "claude",
    "gemini": "gemini", "bard": "gemini", "llama": "llama", "mistral": "mistral", "qwen": "qwen",
    "deepseek": "deepseek",
}  # fmt: skip


class ModelIdentity(Rule):
    """The prompt tells the model that it is a certain product.

    What it does:
        Flags "you are ChatGPT" and its like, unless the wording is declared for that family.

    Why is this bad?
        Another model then answers as a product that it is not, with that product's habits and
        claims.

    Example:
        You are ChatGPT, a large language model. Answer the question.

    Use instead:
        You are the assistant of our web shop. Answer the question.

    What to do:
        Name the role, not the product; keep product names to variants of that family.

    Source:
        Anthropic and OpenAI guides on roles; prompt migration issues (llama-cookbook 808).
    """

    code = "MOD010"
    name = "model-identity"
    severity = Severity.WARNING
    tags = ("pd-specification",)
    version = 2
    shapes = (_NAMED,)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each identity that does not fit the wording's families."""
        families: dict[str | None, set[str]] = {
            wording.variant: set() for wording in prompt.wordings
        }
        for call in calls(prompt):
            if call.variant in families:
                families[call.variant] = {target.family for target in call.targets}
        for wording in prompt.wordings:
            for message in wording.instructing:
                for match in message.find(_IDENTITY, self.regions):
                    stem = next(key for key in _FAMILIES if match["name"].startswith(key))
                    if _FAMILIES[stem] in families[wording.variant]:
                        continue
                    name = message.text[match.start("name") : match.end("name")]
                    text = f"the model may not be {name}"
                    yield self.found(prompt, message, match.span(), text)
