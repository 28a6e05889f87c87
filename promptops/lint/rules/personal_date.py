"""PRI012."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.personal.dates import SHAPES, personal_dates
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule

_NEAR = 300  # characters before a date that may say that it is made up
_MADE_UP = re.compile(
    r"\b(?:examples?:|examples? (?:output|input|record|\()|sample|john doe|jane doe|max mustermann"
    r"|fictional|fictitious|made[- ]up|dummy|placeholder)"
)


class PersonalDate(Rule):
    """A date of a person's life stands in the prompt.

    What it does:
        Flags full dates of birth, death, admission and discharge ("born on", "DOB:", "admitted on")
        since 1910. A year alone is left alone; a date beside words such as "sample",
        "example:" or "John Doe" is a remark.

    Why is this bad?
        Date of birth, sex and postal code together single out most people; HIPAA counts every such
        date as an identifier.

    Example:
        The patient was born on 8 February 1985 and takes no medicine.

    Use instead:
        The patient is in her thirties and takes no medicine.

    What to do:
        Keep the year or the age group.

    Source:
        HIPAA 45 CFR 164.514(b)(2)(i)(C); GDPR article 5(1)(c); Sweeney, "Simple Demographics Often
        Identify People Uniquely", 2000.
    """

    code = "PRI012"
    name = "personal-date"
    severity = Severity.WARNING
    version = 2
    regions = WRITTEN
    shapes = SHAPES
    tags = ("gdpr-art5", "hipaa-164.514", "owasp-llm02")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each date."""
        for message in prompt.messages:
            for start, end, event in personal_dates(message.lower):
                if message.region(start) in self.regions:
                    near = message.lower[max(0, start - _NEAR) : end + _NEAR // 3]
                    made_up = Severity.INFO if _MADE_UP.search(near) else None
                    text = f'the date of a person\'s life ("{event}")'
                    yield self.found(
                        prompt, message, (start, end), text, conceal=True, severity=made_up
                    )
