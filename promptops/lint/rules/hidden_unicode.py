"""SEC004."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from promptops.core.counting import counted
from promptops.lint.finding import Finding, Fix, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule

_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2069\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef]{1,4096}"
)
_SMUGGLING = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e01ef]")
_JOINERS = frozenset("\u200c\u200d")
_MARKS = frozenset("\u200e\u200f\u061c")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_JOINING_SCRIPT = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\ufb50-\ufefc]"
)
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")


class HiddenUnicode(Rule):
    """Characters that nobody sees and a model reads.

    What it does:
        Flags zero-width characters, direction overrides, tag characters and their like, in every
        region. Emoji sequences, and joiners and marks in scripts that need them (Arabic, Hebrew,
        Persian, Indic), are left alone.

    Why is this bad?
        Instructions can be smuggled past review in them; harmless ones break matching and cost
        tokens.

    Example:
        Summarize the te\u200bxt.

    Use instead:
        Summarize the text.

    What to do:
        Delete the characters.

    Source:
        Unicode Technical Report 36; Trojan Source (CVE-2021-42574); reports of ASCII smuggling
        by tag characters.
    """

    code = "SEC004"
    name = "hidden-unicode"
    severity = Severity.WARNING
    regions = WRITTEN
    tags = ("owasp-llm01",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each run that can smuggle or reorder text; of the others the first, counted."""
        for message in prompt.messages:
            if message.text.isascii():
                continue
            runs = [
                match
                for match in message.find(_HIDDEN, self.regions, cased=True)
                if not _is_ordinary(message, match)
            ]
            smuggling = [match for match in runs if _SMUGGLING.search(match.group())]
            harmless = [match for match in runs if match not in smuggling]
            for match in smuggling:
                yield self._runs(prompt, message, [match], Severity.ERROR)
            if harmless:
                yield self._runs(prompt, message, harmless, Severity.WARNING)

    def _runs(
        self,
        prompt: ParsedPrompt,
        message: ParsedMessage,
        matches: Sequence[re.Match[str]],
        severity: Severity,
    ) -> Finding:
        """A finding at the first run, whose fix deletes them all."""
        first = matches[0]
        names = sorted({f"U+{ord(char):04X}" for char in first.group()})
        text = f"{counted(len(first.group()), 'invisible character')} ({', '.join(names[:4])})"
        if len(matches) > 1:
            text += f", and more in {counted(len(matches) - 1, 'other place')}"
        fix = ("delete the invisible characters", "")
        found = [
            self.found(prompt, message, match.span(), text, severity=severity, fix=fix)
            for match in matches
        ]
        edits = tuple(edit for each in found if each.fix for edit in each.fix.edits)
        whole = Fix(title=fix[0], applicability="safe", edits=edits)
        return replace(found[0], fix=whole)


def _is_ordinary(message: ParsedMessage, match: re.Match[str]) -> bool:
    run, text = match.group(), message.text
    before = text[max(0, match.start() - 2) : match.start()]
    after = text[match.end() : match.end() + 2]
    around = before + after
    if set(run) <= _JOINERS:
        return bool(_JOINING_SCRIPT.search(around)) or any(ord(c) > 0x2190 for c in around)
    if set(run) <= _MARKS:
        return bool(_RIGHT_TO_LEFT.search(text[max(0, match.start() - 80) : match.end() + 80]))
    return bool(_FLAG.match(text, max(0, match.start() - 1)))
