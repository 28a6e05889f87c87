"""CMP006."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import near, shape
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.phrases import phrase
from promptops.lint.rule import Rule

_CASE = (
    r"(?:loans?|credit|mortgages?|insurance|benefits?|visas?|asylum|job|rental|tenancy|admissions?"
    r"|scholarships?|welfare|claims?|bail|parole|pension)"
)
_SEEDS = ("approve", "reject", "decide", "deny", "grant", "hire", "dismiss", "fire ", "terminate",
          "turn down")  # fmt: skip
_PATTERN = phrase(
    rf"\b(?:approve|reject|deny|grant)(?:,? (?:or|and) (?:approve|reject|deny|decline|refuse))?"
    rf" (?:the |each |every |this |all |incoming )?(?:{_CASE}(?: applications?| requests?"
    r"| claims?| decisions?)?"
    r"|applicants?|candidates?|job applications?)\b"
    rf"|\bdecide (?:if|whether|on|which|who)[^.\n]{{0,60}}\b(?:(?:gets?|receives?|is (?:granted"
    r"|approved|eligible for))"
    rf" (?:the |an? )?{_CASE}|{_CASE} (?:applications?|claims?)|(?:is|are|should be|to be"
    r"|gets?) (?:hired|fired|dismissed"
    r"|admitted|evicted|promoted)|(?:applicants?|candidates?|employees?) (?:is|are|should be|to)"
    r" (?:hired?|fired?|dismiss(?:ed)?|reject(?:ed)?|invited?))"
    r"|\b(?:fire|dismiss|terminate|evict) (?:the |each |every |all |any )?(?:employees?|workers?"
    r"|tenants?|staff)\b"
)
_HUMAN = re.compile(
    r"\b(?:human|a person|reviewer|reviewed by|officer|recommend(?:s|ation|ations)?|escalat|manager"
    r"|caseworker|hand (?:it |the case )?(?:over|off)|supervis|draft|final decision|second opinion"
    r"|underwriter|recruiter|specialist|appeal|game|fiction|story|role-?play|interview me)\b"
    r"|human-in"
)


class UnreviewedDecision(Rule):
    """A decision with legal effect on a person, and nobody reviews it.

    What it does:
        Flags instructions to approve, reject or decide loans, credit, insurance, benefits, visas,
        jobs, admissions or tenancies, or to dismiss people, in a prompt without a word on a person
        who reviews, recommends instead of decides, or hears an appeal.

    Why is this bad?
        People have the right not to be subject to a decision based solely on automated processing.

    Example:
        Approve or reject the loan application below.

    Use instead:
        Name the facts in the loan application below that speak for and against it. A loan officer
        decides.

    What to do:
        Let the model prepare the decision and a person take it, or name the path of appeal.

    Source:
        GDPR article 22; EU AI Act article 14 and annex III; NIST AI RMF, MANAGE 2.4.
    """

    code = "CMP006"
    name = "unreviewed-decision"
    severity = Severity.WARNING
    shapes = (
        shape(
            r"(?:approve|reject|deny|grant|decline|refuse) (?:the |each |every |this |all "
            r"|incoming )?"
            r"(?:loan|credit|mortgage|insurance|benefit|visa|asylum|job|rental|tenancy|admission"
            r"|scholarship|welfare|claim|bail|parole|pension|applicant|candidate)"
        ),
        shape(r"decide (?:if|whether|on|which|who)"),
        shape(
            r"(?:fire|dismiss|terminate|evict) (?:the |each |every |all |any )?(?:employee|worker"
            r"|tenant|staff)"
        ),
    )
    tags = ("gdpr-art22", "nist-rmf-manage", "owasp-llm06")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first such decision of each wording that no person takes part in."""
        for wording in prompt.wordings:
            for message in wording.instructing:
                hits = near(message, _PATTERN, _SEEDS, self.regions, before=20, after=140)
                match = next(hits, None)
                if match is None or _HUMAN.search(wording.lower):
                    continue
                before = message.lower[max(0, match.start() - 24) : match.start()]
                if re.search(r"(?:not|never|n't|how to|how you|to|why)\s(?:\w{1,12}\s)?$", before):
                    continue
                text = "no person reviews this decision"
                yield self.found(prompt, message, match.span(), text)
                break
