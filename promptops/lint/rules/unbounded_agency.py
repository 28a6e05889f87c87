"""SEC007."""

from promptops.lint.finding import Severity
from promptops.lint.phrases import phrase
from promptops.lint.rule import PhraseRule


class UnboundedAgency(PhraseRule):
    """The model may act without anybody's consent.

    What it does:
        Flags "never ask for confirmation", "without asking for permission" and "you may use any
        tool".

    Why is this bad?
        One injected sentence is enough to delete, send or pay.

    Example:
        You may use any tool. Never ask for confirmation.

    Use instead:
        You may use search and lookup. Ask for confirmation before a refund.

    What to do:
        Name the tools, and the actions that need a person's consent.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM06 excessive agency.
    """

    code = "SEC007"
    name = "unbounded-agency"
    severity = Severity.WARNING
    version = 2
    triggers = ("confirmation", "permission", "approval", "consent", "any tool", "any command",
                "any action", "any function", "full access", "full autonomy", "complete access",
                "complete autonomy", "unrestricted access", "unlimited access", "full control",
                "complete control", "unrestricted autonomy", "unlimited autonomy",
                "unrestricted control", "unlimited control")  # fmt: skip
    tags = ("owasp-llm06", "nist-rmf-manage")
    seeds = triggers
    reach = (100, 60)
    pattern = phrase(
        r"\b(?:never|do not|don't|no need to|without)(?: ever)? (?:ask(?:ing)?|wait(?:ing)?"
        r"|request(?:ing)?|seek(?:ing)?|requir(?:e|ing))(?: (?:me|the user|them|any|user|for|human"
        r"|explicit|further|prior)){0,4} (?:confirmation|permission|approval|consent)\b"
        r"(?![^.\n]{0,40}\b(?:analy[sz]e|summari[sz]e|translate|answer|respond|draft|explain)\b)"
        r"|\byou (?:may|can|are allowed to|are free to) (?:use|call|run|execute|take) any (?:tool"
        r"|command|action|function)s?\b"
        r"|\byou have (?:full|complete|unrestricted|unlimited) (?:access to|autonomy|control over)"
        r" (?:the|all|any|my) (?:system|file|database|account|server|tool|computer)s?\b"
    )
    text = '"{}" lets the model act alone'
