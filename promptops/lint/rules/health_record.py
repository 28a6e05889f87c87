"""PRI015."""

from promptops.lint.finding import Severity
from promptops.lint.personal.labeled import HEALTH
from promptops.lint.personal.rule import LabelRule


class HealthRecord(LabelRule):
    """The number of a medical record or health plan stands in the prompt.

    What it does:
        Flags numbers behind a label such as "MRN", "patient ID" or "Medicare number".

    Why is this bad?
        It ties everything else in the text to one patient: the text becomes protected health
        information, and the provider a business associate.

    Example:
        Summarize the visit of the patient with MRN 4471902.

    Use instead:
        Summarize the visit of the patient {{ visit_reference }}.

    What to do:
        Delete it; link the record in code, after the model has answered.

    Source:
        HIPAA 45 CFR 164.514(b)(2)(i)(H) and (I), 164.502(b); GDPR article 9.
    """

    code = "PRI015"
    name = "health-record"
    severity = Severity.ERROR
    labels = HEALTH
    shapes = (
        (
            r"(?:mrn|medical\s{1,3}record|patient\s{1,3}(?:id|n)|chart\s{1,3}n|health\s{1,3}plan"
            r"|medicare|medicaid|beneficiary|health\s{1,3}insurance|subscriber|member|mbi"
            r"|policy\s{1,3}number)[^\x00]{0,36}[0-9][0-9a-z]{3}"
        ),
    )
    tags = ("hipaa-164.514", "hipaa-164.502", "gdpr-art9", "owasp-llm02")
