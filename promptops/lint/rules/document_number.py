"""PRI009."""

from promptops.lint.finding import Severity
from promptops.lint.personal.labeled import DOCUMENTS
from promptops.lint.personal.rule import LabelRule


class DocumentNumber(LabelRule):
    """The number of a passport, driver license or license plate stands in the prompt.

    What it does:
        Flags numbers behind a label such as "driver's license number", "passport no." or "license
        plate" that have the form of one. Counts such as 12345 and repeated digits are left alone.

    Why is this bad?
        The number alone leads to one person, and is what identity theft begins with.

    Example:
        My driver's license number is F162823540116.

    Use instead:
        My driver's license number is {{ license_reference }}.

    What to do:
        Delete it; pass a reference and look the number up in code.

    Source:
        GDPR article 5(1)(c); HIPAA 45 CFR 164.514(b)(2)(i)(K) and (L); ICAO Doc 9303.
    """

    code = "PRI009"
    name = "document-number"
    severity = Severity.WARNING
    labels = DOCUMENTS
    shapes = (
        (
            r"(?:licen[cs]e|permit|dl|schein|nummer|passport|reisepass|pasaporte|passeport"
            r"|passaporto"
            r"|registration|a-number|green card|uscis|voter id|student id|employee id|national id"
            r"|identity"
            r"|identification)[^\x00]{0,30}[0-9][0-9a-z]{0,3}[ -]?[0-9a-z]{0,3}[0-9][0-9a-z -]{2}"
        ),
        (
            r"(?:plate|kennzeichen|vehicle registration)[a-z ]{0,8}[:=#\"' ]{1,6}(?:is "
            r"|was )?[a-z0-9 -]{0,8}[0-9]"
        ),
    )
    tags = ("gdpr-art5", "hipaa-164.514", "owasp-llm02")
