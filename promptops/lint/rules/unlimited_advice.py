"""CMP004."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_ADVICE = phrase(
    r"\b(?:you are|act as|acting as|role of|you will be|i want you to be|behave as"
    r"|serve as) (?:an?|my|the|our)"
    r" (?:[\w-]{2,20},? ){0,3}(?:doctor|physician|psychiatrist|pharmacist|dietitian|cardiologist"
    r"|dermatologist|pediatrician|surgeon|dentist|lawyer|attorney|legal advis[oe]r"
    r"|financial advis[oe]r"
    r"|investment (?:advis[oe]r|manager)|tax advis[oe]r|psychotherapist|psychologist)\b"
    r"|(?:^|[.\n] ?)(?:diagnose|prescribe) (?:the|my|a|any|patients?|medication|treatment)\b"
)
_LIMIT = re.compile(
    r"\b(?:not (?:a )?(?:substitute|replace|medical advice|legal advice|financial advice"
    r"|diagnose|prescribe"
    r"|provide (?:medical|legal|financial))|consult|seek|refer (?:them|the|to|users?|patients?)"
    r"|emergency"
    r"|disclaimer|escalat|licensed|qualified|see a (?:doctor|lawyer|professional)"
    r"|general information|informational purposes|never (?:diagnose|prescribe))"
)


_SEEDS = ("doctor", "physician", "psych", "pharmacist", "dietitian", "ologist", "pediatric",
          "surgeon", "dentist", "lawyer", "attorney", "advis", "diagnos", "prescrib",
          "investment")  # fmt: skip


class UnlimitedAdvice(Rule):
    """Medical, legal or financial advice without a limit.

    What it does:
        Flags a prompt that makes the model a doctor, lawyer or financial adviser, or tells it to
        diagnose or prescribe, and names no limit: no referral, no emergency, no disclaimer.

    Why is this bad?
        People act on it. Frameworks ask for a path to a qualified person.

    Example:
        You are a doctor. Diagnose the patient and prescribe a treatment.

    Use instead:
        Explain what the symptoms can mean in general, and refer the reader to a doctor.

    What to do:
        Say what the model must not decide, and whom it refers to.

    Source:
        NIST AI RMF, MANAGE 1.3; EU AI Act article 14 (human oversight).
    """

    code = "CMP004"
    name = "unlimited-advice"
    severity = Severity.WARNING
    shapes = (
        shape(
            r"(?:are|as|of|be) (?:an?|my|the|our) (?:[a-z0-9_-]{2,20},? ){0,3}(?:doctor|physician"
            r"|psychiatrist|pharmacist|dietitian|cardiologist|dermatologist|pediatrician|surgeon"
            r"|dentist|lawyer|attorney|legal advis|financial advis|investment|tax advis"
            r"|psychotherapist|psychologist)"
        ),
        shape(r"(?:diagnose|prescribe) (?:the|my|a|any|patient|medication|treatment)"),
    )
    tags = ("nist-rmf-manage", "owasp-llm09")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such role or order of each wording without a limit."""
        for wording in prompt.wordings:
            for message in wording.instructing:
                match = next(
                    near(message, _ADVICE, _SEEDS, self.regions, before=120, after=60), None
                )
                if match is not None and not _LIMIT.search(wording.lower):
                    words = " ".join(message.text[match.start() : match.end()].split())
                    text = f'"{words.lstrip(". ")}" and no limit is named'
                    yield self.found(prompt, message, match.span(), text)
                    break
