"""VAR001."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.regions import Region
from promptops.lint.rule import Rule
from promptops.prompts.model import Prompt

_PLACEHOLDER = re.compile(
    r"(?<![{$\w])(?:\$?\{(?P<brace>[A-Za-z_]\w{0,63})\}(?!\})|<(?P<angle>[A-Za-z_]\w{0,63})>"
    r"|\[(?P<square>[A-Za-z_]\w{0,63})\](?!\())"
)


class PlaceholderOfVariable(Rule):
    """A declared variable is written in another template language.

    What it does:
        Flags `{name}`, `${name}`, `<name>` and `[name]` where `name` is a declared variable. A
        pair of tags `<name>…</name>` is a delimiter, not a placeholder.

    Why is this bad?
        Nothing is filled in: the model reads the placeholder itself.

    Example:
        messages:
          - {role: user, content: "Answer this question: ${question}. Tone: {{ tone }}."}
        variables:
          question: {type: string, max_length: 200}
          tone: {type: string, max_length: 20}

    Use instead:
        messages:
          - {role: user, content: "Answer this question: {{ question }}. Tone: {{ tone }}."}
        variables:
          question: {type: string, max_length: 200}
          tone: {type: string, max_length: 20}

    What to do:
        Write it as {{ name }}.

    Source:
        promptops template grammar; promptfoo issue 1615 and Phoenix issue 6414 on silent misses.
    """

    code = "VAR001"
    name = "placeholder-of-variable"
    severity = Severity.ERROR
    version = 2
    tags = ("pd-input",)
    needs_file = True
    regions = frozenset({Region.INSTRUCTION, Region.EXAMPLE, Region.QUOTE})
    triggers = ("{", "<", "[")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each placeholder that carries a declared name."""
        if prompt.prompt is None:
            return
        declared = prompt.prompt.declared
        untrusted = _untrusted(prompt.prompt)
        for message in prompt.messages:
            for match in message.find(_PLACEHOLDER, self.regions, cased=True):
                name = match["brace"] or match["angle"] or match["square"]
                if name not in declared or (match["angle"] and f"</{name}>" in message.text):
                    continue
                text = f'"{match.group()}" is not filled in: "{name}" is a declared variable'
                fix = (f"write {{{{ {name} }}}}", f"{{{{ {name} }}}}")
                if name not in untrusted:
                    yield self.found(prompt, message, match.span(), text, fix=fix)
                elif message.role == "system":  # a slot there would be a worse defect (SEC001)
                    yield self.found(prompt, message, match.span(), text)
                else:
                    yield self.found(
                        prompt, message, match.span(), text, fix=fix, applicability="unsafe"
                    )


def _untrusted(prompt: Prompt) -> frozenset[str]:
    """The names whose values an attacker may write; retrieved documents are such values."""
    names = {name for name, variable in prompt.variables.items() if variable.trust == "untrusted"}
    if prompt.retrieval is not None:
        names.add(prompt.retrieval.into)
    return frozenset(names)
