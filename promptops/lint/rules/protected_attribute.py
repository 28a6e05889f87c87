"""CMP003."""

from collections.abc import Iterator

from promptops.lint.compliance import is_discussed
from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_WHO = (
    r"(?:applicants?|candidates?|tenants?|borrowers?|employees?|job seekers?|customers?|claimants?"
    r"|renters?|patients?|students?|people|women|men|mothers|resumes?|cvs?|applications?)"
)
_ACT = (
    r"(?:reject|decline|exclude|prefer|rank|score|shortlist|screen out|filter out|approve|deny"
    r"|hire|select|prioriti[sz]e|deprioriti[sz]e|penali[sz]e|downgrade|favou?r|disqualify|charge"
    r"|turn down|drop|remove|skip)"
)
_PAPER = (
    r"(?:[0-9]{1,4}|an?|one|two|three|four|five|six|nine|twelve|thirty|sixty|ninety)"
    r" (?:business |working |calendar )?(?:minute|hour|day|week|month|quarter)s?\b|[0-9]\b"
    r"|(?:an?|one|two|three|four|five|six|ten) years?\b"
)
_SEEDS = ("older than", "over the age", "above the age", "younger than", "over 4", "over 5",
          "over 6", "under the age", "women", "female", "male ", "men ", "gender", "race", "ethnic",
          "religio", "muslim", "jewish", "christian", "nationalit", "immigrant", "foreign",
          "pregnan", "disab", "sexual orientation", "gay", "married", "marital", "mothers",
          "accent", "skin color", "immigration", "their age", "on age", "by age", "black",
          "white", "children")  # fmt: skip
_PATTERN = phrase(
    rf"\b{_ACT} (?:any |all |the |out |younger |older |more |each )?(?:female |male |women "
    r"|disabled |muslim |jewish"
    rf" |foreign |pregnant |gay |married |immigrant )?{_WHO}[^.\n]{{0,60}}?"
    rf"\b(?:older than (?!1[0-9]\b|21\b|{_PAPER})|over the age of (?!1[0-9]\b|21\b)"
    r"|above the age of (?!1[0-9]\b|21\b)"
    r"|younger than (?:[3-9][0-9])|over [4-9][0-9]\b(?! ?(?:%|percent|points?|dollars|euros|pounds"
    r"|usd|eur|days|hours|minutes|weeks|months|pages|words|kb|mb|miles|km|kg))"
    r"|(?:who|that) (?:is|are|have|has|get|got"
    r"|seem|sound)[^.\n]{0,20}"
    r"(?:pregnan|disab|muslim|jewish|christian|immigrant|foreign|gay|married|women|female|male"
    r"|black|white"
    r"|children|religious)|(?:based on|because of|according to|by|due to)(?: their| the| his"
    r"| her)?[^.\n]{0,40}"
    r"\b(?:age|gender|sex|race|ethnicity|religion|nationality|disability|sexual orientation"
    r"|marital status|pregnancy|skin colou?r|accent|national origin|native language)\b)"
    rf"|\b{_ACT} (?:any |all |the )?(?:female|male|women|disabled|muslim|jewish|foreign|pregnant"
    r"|gay|married"
    r"|immigrant|black|white)(?: or [a-z]{3,12})? (?:applicants?|candidates?|tenants?|borrowers?"
    r"|employees?"
    r"|job seekers?|customers?|renters?)\b"
)


class ProtectedAttribute(Rule):
    """A decision about people that turns on a protected attribute.

    What it does:
        Flags instructions to reject, prefer, rank, score or charge applicants, tenants,
        customers and the like by age, sex, race, ethnicity, religion, nationality, disability,
        pregnancy, marital status or sexual orientation ("reject applicants older than 50").
        Legal ages up to 21, the age of papers (days, months), and texts on fairness, audits or what
        must not be done, do not count.

    Why is this bad?
        It is discrimination, and unlawful in most countries, whoever writes the prompt.

    Example:
        Reject applicants who are older than 50.

    Use instead:
        Reject applicants who lack one of the required certificates.

    What to do:
        Decide by what the task needs, and let a person review the outcome.

    Source:
        Charter of Fundamental Rights of the EU, article 21; GDPR articles 9 and 22(4); EU AI Act
        article 10(2)(f) (examination for biases).
    """

    code = "CMP003"
    name = "protected-attribute"
    severity = Severity.ERROR
    version = 2
    shapes = (
        shape(
            r"(?:reject|decline|exclude|prefer|rank|score|shortlist|screen out|filter out|approve"
            r"|deny|hire|select|prioriti.e|deprioriti.e|penali.e|downgrade|favou?r|disqualify"
            r"|charge|turn down|drop|remove|skip) (?:any |all |the |out |younger |older |more "
            r"|each )?"
            r"(?:female|male|women|men|disabled|muslim|jewish|foreign|pregnant|gay|married"
            r"|immigrant"
            r"|black|white|applicant|candidate|tenant|borrower|employee|job seeker|customer"
            r"|claimant"
            r"|renter|patient|student|people|mothers|resume|cv|application)"
        ),
    )
    tags = ("gdpr-art9", "gdpr-art22", "aia-art10")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each such instruction."""
        for message in prompt.messages:
            if message.is_shot:
                continue
            for match in near(message, _PATTERN, _SEEDS, self.regions, before=160, after=120):
                if not is_discussed(message, match.start(), match.end()):
                    text = "this decides about people by a protected attribute"
                    yield self.found(prompt, message, match.span(), text)
