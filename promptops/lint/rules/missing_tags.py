"""REG008."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_EMPTY = frozenset({"untitled", "test", "prompt", "new prompt", "my prompt", "title", "todo", "tbd",
                    "draft", "example", "temp", "foo", "no title"})  # fmt: skip


class MissingTags(Rule):
    """The prompt cannot be found by what it does.

    What it does:
        Flags a prompt file without `tags`, and one whose title says no more than its id or is a
        filler such as "Untitled".

    Why is this bad?
        Search, routing policies and packs choose prompts by title and tags; the one that is not
        found is written again.

    Example:
        title: Test
        tags: []
        messages: [{role: user, content: Name the capital of France.}]

    Use instead:
        title: Name a capital
        tags: [geography]
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Say in the title what the prompt does, and add two or three tags.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), maintainability.
    """

    code = "REG008"
    name = "missing-tags"
    severity = Severity.INFO
    needs_file = True
    tags = ("pd-maintainability",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        if prompt.prompt is None:
            return
        title = " ".join(prompt.prompt.title.lower().replace("-", " ").replace("_", " ").split())
        if title in _EMPTY or title == prompt.prompt.id.replace("-", " "):
            text = f'the title "{prompt.prompt.title}" does not say what the prompt does'
            yield self.found_at_key(prompt, "/title", text)
        elif not prompt.prompt.tags:
            yield self.found_at_key(prompt, "/title", "the prompt has no tags")
