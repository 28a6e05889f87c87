"""REG006."""

from collections.abc import Iterator

from promptops.core.canonical import canonical_json
from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule


class ShadowedVariant(Rule):
    """A variant can never be chosen.

    What it does:
        Flags a variant whose `when` is the same as that of an earlier one. Variants without a
        condition are chosen by name, and left alone.

    Why is this bad?
        The first one always wins; edits to the second change nothing.

    Example:
        messages: [{role: user, content: Name the capital of France.}]
        variants:
          - {id: short, when: {family: [claude]}, params: {temperature: 0}}
          - {id: long, when: {family: [claude]}, params: {temperature: 1}}

    Use instead:
        messages: [{role: user, content: Name the capital of France.}]
        variants:
          - {id: short, when: {family: [claude]}, params: {temperature: 0}}
          - {id: long, when: {family: [gemini]}, params: {temperature: 1}}

    What to do:
        Change its condition, or delete it.

    Source:
        promptops prompt schema, `variants`.
    """

    code = "REG006"
    name = "shadowed-variant"
    severity = Severity.ERROR
    tags = ("pd-maintainability",)
    needs_file = True

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each variant whose condition was seen before."""
        if prompt.prompt is None:
            return
        seen: dict[bytes, str] = {}
        for number, variant in enumerate(prompt.prompt.variants):
            if not variant.when:
                continue
            first = seen.setdefault(canonical_json(variant.when), variant.id)
            if first != variant.id:
                text = (
                    f'"{first}" has the same condition and is always chosen before "{variant.id}"'
                )
                pointer = f"/variants/{number}/when"
                yield self.found_at_key(prompt, pointer, text, variant=variant.id)
