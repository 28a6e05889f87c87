"""FMT011."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.regions import Region
from promptops.lint.rule import Rule

_ITEM = re.compile(r"([ \t]{0,16})([0-9]{1,2})([.)])[ \t]")
_SPACE = frozenset(" \t")
_MARKED = re.compile(r"[ \t]{0,8}(?:#{1,6}[ \t]|\*\*|---)")


class ListNumbering(Rule):
    """A numbered list skips or repeats a number.

    What it does:
        Follows each numbered list of a message (items of the same indentation and form, `1.` or
        `1)`, up to the next heading) and flags the item whose number repeats the one before it,
        or leaves out one or two. Lists inside marked examples, and lists that start anew at 1, or
        number every item 1, are fine.

    Why is this bad?
        A step was lost or doubled in an edit; references to "step 4" point at another one.

    Example:
        1. Read the ticket.
        2. Name the topic.
        4. Draft the answer.

    Use instead:
        1. Read the ticket.
        2. Name the topic.
        3. Draft the answer.

    What to do:
        Number the items again, or put back what is missing.

    Source:
        CommonMark 0.31 section 5.3 (ordered lists); Taxonomy of Prompt Defects (arXiv
        2509.14404), structure and formatting.
    """

    code = "FMT011"
    name = "list-numbering"
    severity = Severity.WARNING
    version = 2
    regions = frozenset({Region.INSTRUCTION, Region.EXAMPLE})
    shapes = (r"\n[ \t]{0,16}(?:[2-9]|[1-9][0-9])[.)][ \t]",)
    tags = ("pd-structure",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each item that breaks its list's numbers; the right number is a fix to review."""
        for message in prompt.messages:
            for span, number, wanted in _breaks(message):
                if message.region(span[0]) in self.regions:
                    what = "repeats" if number < wanted else f"skips {wanted} and goes on with"
                    yield self.found(
                        prompt,
                        message,
                        span,
                        f"the list {what} {number}",
                        fix=(f"number it {wanted}", str(wanted)),
                        applicability="display",
                    )


def _breaks(message: ParsedMessage) -> Iterator[tuple[tuple[int, int], int, int]]:
    """The place of each wrong number, the number, and the one that belongs there."""
    # (indent, form) -> (last number, items); lists inside marked examples are others
    lists: dict[tuple[int, str], tuple[int, int]] = {}
    examples = "end example" in message.lower
    offset = 0
    for line in message.text.split("\n"):
        start, offset = offset, offset + len(line) + 1
        head = line[:1]
        if head in _SPACE:
            head = line.lstrip()[:1]
        if head and head in "#*-":
            if _MARKED.match(line):
                lists.clear()
            continue
        item = _ITEM.match(line) if head.isdigit() else None
        if item is None:
            continue
        if examples and message.region(start + item.start(2)) is Region.EXAMPLE:
            continue
        indent, number = len(item.group(1).expandtabs(4)), int(item.group(2))
        for key in [key for key in lists if key[0] > indent]:
            del lists[key]
        last, items = lists.get((indent, item.group(3)), (0, 0))
        lists[indent, item.group(3)] = (number, items + 1 if number == last + 1 else 1)
        after_one = items == 1 and last == 1 and number == 3
        if after_one or (
            items >= 2 and number != 1 and (number == last or last + 1 < number <= last + 3)
        ):
            lists[indent, item.group(3)] = (number, items + 1)
            begin = start + item.start(2)
            yield (begin, begin + len(item.group(2))), number, last + 1
