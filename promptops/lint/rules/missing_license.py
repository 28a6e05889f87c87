"""REG005."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_ORIGIN = ("x-source", "x-origin", "x-imported-from", "x-derived-from")
_COPYLEFT = re.compile(r"\b(?:A?GPL|LGPL|CC-BY-SA|CC-BY-NC|CC-BY-ND|EUPL|MPL)\b")
_CLOSED = re.compile(r"LicenseRef-|\bMIT\b|\bApache-2\.0\b|\bBSD-|\b0BSD\b|\bCC0-")


class MissingLicense(Rule):
    """Nobody knows whether the prompt may be used.

    What it does:
        Flags a prompt file without `license`: as a warning when it names an origin (`x-source`,
        `x-origin`, `x-imported-from`, `x-derived-from`), else as a remark. Also flags a license
        that the license named in `x-source-license` does not allow.

    Why is this bad?
        Texts taken from elsewhere are under somebody's terms; a pack that ships them ships the
        breach.

    Example:
        license: null
        x-source: https://example.com/prompts/42
        messages: [{role: user, content: Name the capital of France.}]

    Use instead:
        license: MIT
        x-source: https://example.com/prompts/42
        messages: [{role: user, content: Name the capital of France.}]

    What to do:
        Add the SPDX id of the license, `LicenseRef-…` for terms of your own.

    Source:
        SPDX license list; Taxonomy of Prompt Defects (arXiv 2509.14404), maintainability.
    """

    code = "REG005"
    name = "missing-license"
    severity = Severity.WARNING
    needs_file = True
    tags = ("nist-rmf-govern",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield one finding at most."""
        if prompt.prompt is None:
            return
        extra = prompt.prompt.extra
        origin = next((key for key in _ORIGIN if key in extra), None)
        if prompt.prompt.license is None:
            text = (
                "the prompt comes from elsewhere and names no license"
                if origin
                else "the prompt names no license"
            )
            level = None if origin else Severity.INFO
            yield self.found_at_key(prompt, f"/{origin or 'id'}", text, severity=level)
            return
        theirs = extra.get("x-source-license")
        if (
            isinstance(theirs, str)
            and _COPYLEFT.search(theirs)
            and not _COPYLEFT.search(prompt.prompt.license)
            and _CLOSED.search(prompt.prompt.license)
        ):
            text = f'"{theirs}" does not let the text be passed on as {prompt.prompt.license}'
            yield self.found_at_key(prompt, "/license", text)
