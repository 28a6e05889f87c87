"""VAR006."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_MARKER = re.compile(
    r"\b(?:TODO|FIXME|TBD|XXX)\b(?=[ \t]{0,2}[:(]|[ \t]{0,4}$)"
    r"|\b[Ll]orem ipsum\b"
    r"|\[(?i:insert|your|enter|add|paste|fill in|put|choose|specify)\b[^\]\n]{1,80}\](?!\()"
    r"|<(?i:insert|enter|paste|fill in|your)[ _-][^<>\n/]{1,80}>"
    r"|(?<![\w=(`\[])\[[A-Z][A-Z0-9]{2,30}(?:[ _/-][A-Z0-9]{1,30}){1,6}\](?!\()",
    re.MULTILINE,
)
_TEMPLATE = re.compile(r"output|format|template|structure|response|report", re.IGNORECASE)
_MEANT = re.compile(
    r"\b(?:placeholders?|in (?:square )?brackets|as \[|like \[|with \[|mark(?:ed)? (?:it )?(?:as"
    r"|with)"
    r"|use \[|write \[|tag|prefix|label|such as \[|replace|redact|mask)",
    re.IGNORECASE,
)


class UnresolvedMarker(Rule):
    """Something that was to be filled in before use.

    What it does:
        Flags "[INSERT COMPANY]", "<your name>", "TODO:", "lorem ipsum" and their like. A sentence
        that speaks about markers, or tells the model to write them, is left alone, and so is a
        section that shows what the answer looks like.

    Why is this bad?
        The model reads a note that was meant for the author.

    Example:
        You answer for [COMPANY NAME]. TODO: add the opening hours.

    Use instead:
        You answer for {{ company }}, open from 9 to 17.

    What to do:
        Fill it in, or make it a declared variable.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), maintainability.
    """

    code = "VAR006"
    name = "unresolved-marker"
    severity = Severity.WARNING
    triggers = ("todo", "fixme", "tbd", "xxx", "lorem", "[", "<insert", "<enter", "<paste",
                "<fill", "<your")  # fmt: skip

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first marker of each wording in each message."""
        for message in prompt.messages:
            seen: set[str] = set()
            for match in message.find(_MARKER, self.regions, cased=True):
                words = match.group()
                start, end = message.sentence_at(match.start())
                meant = _MEANT.search(message.text, start, end)
                if meant or words in seen or _TEMPLATE.search(message.heading(start)):
                    continue
                seen.add(words)
                text = f'"{words}" was to be filled in'
                yield self.found(prompt, message, match.span(), text)
