"""ECO008."""

from collections.abc import Iterator

from promptops.lint.budget import fixed_tokens
from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class ExampleShare(Rule):
    """Most of the prompt is examples.

    What it does:
        Flags a wording whose few-shot messages take `least_tokens` or more (estimated), are more
        than `most_shots` and make up more than `share` of its fixed text.

    Why is this bad?
        Every call pays for all of them; after a handful of diverse examples, further ones add
        little, and instructions get lost among them.

    Example:
        messages:
          - role: user
            content: >-
              The parcel that I ordered is late. × 60
          - {role: assistant, content: delivery}
          - role: user
            content: >-
              Nobody answers when I call your shop. × 60
          - {role: assistant, content: service}
          - role: user
            content: >-
              I cannot log in to my own account. × 60
          - {role: assistant, content: account}
          - role: user
            content: >-
              You took the money from my card twice. × 60
          - {role: assistant, content: payment}
          - role: user
            content: >-
              The shoes are too small for my feet. × 60
          - {role: assistant, content: return}
          - role: user
            content: >-
              Where is the nearest shop of yours? × 60
          - {role: assistant, content: other}
          - {role: user, content: "My parcel is late."}

    Use instead:
        messages:
          - {role: user, content: "The parcel that I ordered is late."}
          - {role: assistant, content: delivery}
          - {role: user, content: "Nobody answers when I call your shop."}
          - {role: assistant, content: service}
          - {role: user, content: "My parcel is late."}

    What to do:
        Keep the examples that change a score of the golden set (`promptops optimize` tells which),
        and shorten them.

    Source:
        Anthropic guide on multishot prompting (3 to 5 examples); Taxonomy of Prompt Defects (arXiv
        2509.14404), efficiency.
    """

    code = "ECO008"
    name = "example-share"
    severity = Severity.INFO
    needs_file = True
    tags = ("pd-efficiency",)
    defaults = {"least_tokens": 1500, "most_shots": 5, "share": 0.7}

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield at most one finding a wording, at its first example."""
        if prompt.prompt is None:
            return
        for wording in prompt.wordings:
            shots = [message for message in wording.messages if message.is_shot]
            count = sum(message.role == "assistant" for message in shots)
            if count <= self.number("most_shots"):
                continue
            cost, whole = fixed_tokens(shots), fixed_tokens(wording.messages)
            if cost >= self.number("least_tokens") and cost > self.number("share") * whole:
                text = f"{count} examples take about {cost} of {whole} tokens of every call"
                yield self.found(prompt, shots[0], (0, len(shots[0].text)), text)
