"""SEC004."""

import re
from collections.abc import Iterator, Sequence

from promptops.core.counting import counted
from promptops.lint.edits import with_fix
from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedMessage, ParsedPrompt
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule

_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffc\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]{1,4096}"
    "|[\ufe00-\ufe0f]{2,4096}"
    "|(?<=[A-Za-z])\u2800{1,4096}(?=[ A-Za-z])"
)
_SMUGGLING = re.compile(
    "[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e0fff\x1b]|[\ufe00-\ufe0f]{2}"
    "|[\u200b-\u200d\u2060-\u2064]{4}"
)
_TAGS = re.compile("[\U000e0020-\U000e007e]{1,4096}")
_JOINERS = frozenset("\u200c\u200d")
_MARKS = frozenset("\u200e\u200f\u061c")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_JOINING_SCRIPT = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0e80-\u0eff\u1000-\u109f\u1780-\u18af\ufb50-\ufefc]"
)
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{3,6}\U000e007f")
_BYTE_ORDER_MARK = "\ufeff"


def _signs() -> tuple[str, ...]:
    """Every character of which a hidden run may consist, for the prefilter."""
    ranges = ((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
              (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
              (0x2800, 0x2800), (0x3164, 0x3164), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
              (0xFFF0, 0xFFFC), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
              (0xE0000, 0xE01EF), (0x01, 0x08), (0x0E, 0x1B), (0x7F, 0x84),
              (0x86, 0x9F))  # fmt: skip
    selectors = [chr(code) for code in range(0xFE00, 0xFE10)]
    return (
        *(chr(code) for first, last in ranges for code in range(first, last + 1)),
        *(one + other for one in selectors for other in selectors),
    )


class HiddenUnicode(Rule):
    """Characters that nobody sees and a model reads.

    What it does:
        Flags zero-width characters, direction overrides, tag characters, runs of variation
        selectors, control characters and their like, in every region, and tells what tag
        characters spell. Emoji sequences, flags, and single joiners and marks in scripts that
        need them (Arabic, Hebrew, Persian, Indic), are left alone.

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
    version = 2
    triggers = _signs()
    tags = ("owasp-llm01",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each run that can smuggle or reorder text; of the others the first, counted."""
        for message in prompt.messages:
            runs = [
                match
                for match in message.find(_HIDDEN, self.regions, cased=True)
                if not _is_ordinary(message, match)
            ]
            smuggling = [match for match in runs if _SMUGGLING.search(match.group())]
            harmless = [match for match in runs if not _SMUGGLING.search(match.group())]
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
        if spelled := _TAGS.search(first.group()):
            words = "".join(chr(ord(char) - 0xE0000) for char in spelled.group()[:60])
            text += f' that spell "{words}"'
        if len(matches) > 1:
            text += f", and more in {counted(len(matches) - 1, 'other place')}"
        found = self.found(prompt, message, first.span(), text, severity=severity)
        changes = [(match.span(), "") for match in matches]
        return with_fix(found, message, "delete the invisible characters", changes, "safe")


def _is_ordinary(message: ParsedMessage, match: re.Match[str]) -> bool:
    run, text = match.group(), message.text
    before = text[max(0, match.start() - 2) : match.start()]
    around = before + text[match.end() : match.end() + 2]
    if run in _JOINERS:
        return bool(_JOINING_SCRIPT.search(around)) or any(ord(c) > 0x2190 for c in around)
    if set(run) <= _MARKS:
        return bool(_RIGHT_TO_LEFT.search(text[max(0, match.start() - 80) : match.end() + 80]))
    if run == _BYTE_ORDER_MARK:
        return match.start() == 0
    flag = _FLAG.match(text, max(0, match.start() - 1))
    return flag is not None and flag.end() == match.end()
