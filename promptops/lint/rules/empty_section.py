"""FMT014."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import headings
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_EMPTY = re.compile(
    r"(?P<head>(?P<level>#{1,6})[ \t]{1,4}(?P<name>[^\n]{1,120}))\n"
    r"(?:[ \t]{0,20}\n){1,4}(?P<next>#{1,6})[ \t]"
)
_FILLED_LATER = re.compile(
    r"input|context|data|document|content|transcript|question|text", re.IGNORECASE
)
_FORM = re.compile(r"output|format|template|example|structure", re.IGNORECASE)
_NAMED = re.compile(r"\w{3}")


class EmptySection(Rule):
    """A heading with nothing under it.

    What it does:
        Flags a Markdown heading that is followed at once by another one of the same or a higher
        level, except the title of the whole prompt. Several empty sections in a row, and those of
        an output form, show what the answer looks like; sections that a caller fills in (named
        input, context, data, text …) are fine.

    Why is this bad?
        What should stand there was lost or never written; the model is told of a part that the
        prompt does not have.

    Example:
        # Task
        Name the topic of the message.

        # Tone

        # Labels
        refund, delivery, other

    Use instead:
        # Task
        Name the topic of the message.

        # Labels
        refund, delivery, other

    What to do:
        Fill the section or delete its heading.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), structure and formatting; WCAG 2.2
        technique H69 (headings organize content).
    """

    code = "FMT014"
    name = "empty-section"
    severity = Severity.INFO
    version = 2
    shapes = (r"\n[ \t]{0,20}\n#",)
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each empty section's heading."""
        for message in prompt.messages:
            if message.text.count("\n#") + message.text.startswith("#") < 2:
                continue
            form = -1
            for at in headings(message):
                match = _EMPTY.match(message.text, at)
                if match is None or message.region(at) not in self.regions:
                    continue
                deeper = len(match["next"]) > len(match["level"])
                title = "#" not in message.text[: match.start("head")]
                name = match["name"]
                if at == form:  # the section before it is empty too: a form for the answer
                    form = match.start("next")
                    continue
                form = match.start("next")
                following = _EMPTY.match(message.text, form)
                if following is not None or _FORM.search(message.heading(at - 1) + name):
                    continue
                if deeper or title or _FILLED_LATER.search(name) or not _NAMED.search(name):
                    continue
                yield self.found(
                    prompt, message, match.span("head"), f'nothing stands under "{match["name"]}"'
                )
