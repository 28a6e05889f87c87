"""CMP009."""

from collections.abc import Iterator

from promptops.lint.compliance import is_discussed
from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import lazy, phrase
from promptops.lint.rule import Rule

_ORGANIZATION = (
    r"(?:bank|police|irs|tax office|tax authority|government|microsoft|apple|google|amazon"
    r"|paypal|hospital"
    r"|embassy|fbi|interpol|court|insurance company)"
)
_SEEDS = ("review", "testimonial", "bank", "police", "irs", "tax office", "tax authority",
          "government", "microsoft", "apple", "google", "amazon", "paypal", "hospital",
          "embassy", "fbi", "phishing", "fake news", "deepfake")  # fmt: skip
_PATTERN = phrase(
    r"\b(?:write|create|generate|post|produce|invent|make up|compose)(?: me| us)?(?: (?:a|an"
    r"|some|several|many|[0-9]{1,4}|five|ten|twenty|hundred))?"
    r" (?:fake|fictitious|fabricated|invented|made-up)(?: [a-z0-9-]{2,14}){0,2} (?:reviews?"
    r"|testimonials?|ratings?|news|customer stories)\b"
    r"|\b(?:write|create|generate|post|produce)(?: [a-z0-9-]{1,12}){0,4} (?:reviews?"
    r"|testimonials?)[^.\n]{0,50}\b(?:as if|pretending|posing|that look like|that seem)"
    r"[^.\n]{0,40}\b(?:customers?|buyers?|guests?|patients?|clients?|real people|genuine)\b"
    r"|\b(?:pretend to be|pose as|impersonate|claim to be"
    rf"|present yourself as)[^.\n]{{0,30}}\b(?:the |a |their "
    rf"|from )(?:[a-z']{{2,12}} )?{_ORGANIZATION}\b"
    r"|\b(?:write|create|craft|generate|compose)(?: [a-z]{1,12}){0,3} phishing (?:e-?mails?"
    r"|messages?|pages?|texts?|sms)\b"
)
_MEANT_WELL = lazy(r"simulation|awareness|authorized|detect")


class DeceptiveContent(Rule):
    """The answer is made to deceive whoever reads it.

    What it does:
        Flags instructions to write fake reviews or testimonials, to write reviews as if by
        customers, to pass for a bank, an authority or a known company, or to write phishing
        messages. Security training that says so ("simulation", "awareness", "authorized"), and
        texts that detect or forbid it, do not count.

    Why is this bad?
        Fake reviews and impersonation are unlawful; providers end the account.

    Example:
        Write ten fake reviews of the hotel, each from another guest.

    Use instead:
        Summarize what the guest reviews below say about the hotel.

    What to do:
        Work from real statements, and say who speaks.

    Source:
        FTC rule on fake reviews (16 CFR part 465); Directive 2005/29/EC, annex I, 23b and 23c;
        EU AI Act article 50.
    """

    code = "CMP009"
    name = "deceptive-content"
    severity = Severity.WARNING
    triggers = ("phishing",)
    shapes = (
        shape(
            r"(?:fake|fictitious|fabricated|invented|made-up)(?: [a-z0-9-]{2,14}){0,2}"
            r" (?:review|testimonial|rating|news|customer)"
        ),
        shape(
            r"(?:pretend to be|pose as|impersonate|claim to be|present yourself as)[^.]{0,60}"
            r"(?:bank|police|irs|tax|government|microsoft|apple|google|amazon|paypal|hospital"
            r"|embassy|fbi|interpol|court|insurance)"
        ),
        shape(r"(?:review|testimonial)[^.]{0,60}(?:as if|pretending|posing|that look|that seem)"),
    )
    tags = ("aia-art50", "owasp-llm09")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each such instruction outside of training and detection."""
        for message in prompt.messages:
            if message.is_shot:
                continue
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=120, after=140):
                if message.holds(_MEANT_WELL):
                    break
                if not is_discussed(message, match.start(), match.end()):
                    yield self.found(prompt, message, match.span(), "this deceives its readers")
