"""PRI017."""

from promptops.lint.finding import Severity
from promptops.lint.personal.labeled import BANKING
from promptops.lint.personal.rule import LabelRule


class BankAccount(LabelRule):
    """The number of a bank account stands in the prompt.

    What it does:
        Flags numbers behind a label such as "account number", routing numbers whose check digit
        holds, and sort codes. IBANs are a matter of identity-number.

    Why is this bad?
        With a name it is enough for a direct debit; nothing that a model writes needs it.

    Example:
        Refund the amount to account number 40627714 at the branch.

    Use instead:
        Refund the amount to the account on file.

    What to do:
        Keep the last four digits at most, or pass a reference.

    Source:
        GDPR article 5(1)(c); HIPAA 45 CFR 164.514(b)(2)(i)(J); ABA routing number policy.
    """

    code = "PRI017"
    name = "bank-account"
    severity = Severity.WARNING
    labels = BANKING
    shapes = (r"(?:account|acct|a/c|konto|routing|aba|rtn|sort)[^\x00]{0,36}[0-9][0-9 -]{5}",)
    tags = ("gdpr-art5", "hipaa-164.514", "owasp-llm02")
