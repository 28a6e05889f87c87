"""PRI007."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.rule import Rule

_PERSONAL = re.compile(
    r"(?:^|_)(?:ssn|social_security(?:_number)?|passport(?:_number)?|credit_card|card_number"
    r"|cvv|iban"
    r"|date_of_birth|dob|birth_?date|e_?mail(?:_address)?|phone(?:_number)?|home_address"
    r"|national_id|tax_id|medical_record|diagnosis|salary|bank_account|full_name|first_name"
    r"|last_name"
    r"|customer_name|patient(?:_name|_id)?)(?:_|$)",
    re.IGNORECASE,
)


class PersonalDataSlot(Rule):
    """Personal data flows in, and the prompt does not say so.

    What it does:
        Flags a variable whose name is that of personal data (`customer_email`, `ssn`) in a prompt
        that does not declare `data: {contains_pii: true}`.

    Why is this bad?
        Routing, residency and retention are decided by that declaration.

    Example:
        variables:
          customer_email: {type: string, max_length: 100}
        messages:
          - {role: user, content: "Write a greeting for {{ customer_email }}."}
        data: {classification: internal}

    Use instead:
        variables:
          customer_email: {type: string, max_length: 100}
        messages:
          - {role: user, content: "Write a greeting for {{ customer_email }}."}
        data: {classification: confidential, contains_pii: true}

    What to do:
        Declare it, or do without the value.

    Source:
        GDPR articles 5(1)(c) and 30; EU AI Act article 10.
    """

    code = "PRI007"
    name = "personal-data-slot"
    needs_file = True
    severity = Severity.WARNING
    tags = ("gdpr-art5", "gdpr-art30")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each variable."""
        if prompt.prompt is None:
            return
        data = prompt.prompt.data
        if data is not None and data.contains_pii:
            return
        for name in prompt.prompt.variables:
            if _PERSONAL.search(name):
                text = f'"{name}" is personal data, but contains_pii is not true'
                yield self.found_at_key(prompt, f"/variables/{name}", text)
