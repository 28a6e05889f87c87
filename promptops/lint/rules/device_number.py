"""PRI010."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.personal.labeled import DEVICES
from promptops.lint.personal.network import hardware_addresses
from promptops.lint.personal.rule import LabelRule


class DeviceNumber(LabelRule):
    """The number of a device or vehicle stands in the prompt.

    What it does:
        Flags IMEI, SIM card and vehicle numbers whose check digit holds, advertising and device
        identifiers behind their label, and (as a remark) MAC addresses.

    Why is this bad?
        A device that one person uses identifies that person, without a name.

    Example:
        The stolen phone has IMEI 35-693803-564380-9.

    Use instead:
        The stolen phone is {{ device_reference }}.

    What to do:
        Delete it, or pass a reference that means nothing outside your system.

    Source:
        GDPR recital 30 and article 4(1); HIPAA 45 CFR 164.514(b)(2)(i)(L) and (M); 3GPP TS 23.003.
    """

    code = "PRI010"
    name = "device-number"
    severity = Severity.WARNING
    labels = DEVICES
    shapes = (
        (
            r"(?:imei|vin|vehicle|chassis|iccid|sim|device|advertising|android|udid|idfa"
            r"|gaid)[^\x00]{0,36}[0-9][0-9a-z\s-]{12}[0-9]"
        ),
        r"[0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}",
        r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}",
    )
    tags = ("gdpr-art5", "hipaa-164.514", "owasp-llm02")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield labeled numbers, then MAC addresses."""
        yield from super().check(prompt)
        for message in prompt.messages:
            for span in hardware_addresses(message.text):
                if message.region(span[0]) in self.regions:
                    text = "a device's network address (MAC)"
                    level = Severity.INFO
                    yield self.found(prompt, message, span, text, severity=level, conceal=True)
