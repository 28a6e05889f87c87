"""PRI011."""

from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.personal.network import wallet_addresses
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule


class CryptoWallet(Rule):
    """The address of a crypto-currency wallet stands in the prompt.

    What it does:
        Flags addresses of Bitcoin, Litecoin, Dogecoin, Tron, Ripple and Monero whose check sum or
        form holds; those of Ethereum, which contracts have too, as a remark.

    Why is this bad?
        All payments of a wallet are public: its address next to a name is an account statement.

    Example:
        Send the donation to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2.

    Use instead:
        Send the donation to {{ wallet }}.

    What to do:
        Pass the address as a variable, and check it in code before money moves.

    Source:
        GDPR article 4(1); BIP 173 and BIP 350 (check sums of addresses).
    """

    code = "PRI011"
    name = "crypto-wallet"
    severity = Severity.WARNING
    regions = WRITTEN
    shapes = (
        r"(?:bc1|ltc1|tb1)[02-9ac-hj-np-z]{20}",
        r"0x[0-9a-f]{40}",
        r"[1-9a-km-z]{25}",
    )
    tags = ("gdpr-art5", "owasp-llm02")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each address."""
        for message in prompt.messages:
            for start, end, coin in wallet_addresses(message.text):
                if message.region(start) in self.regions:
                    text = f"the address of a wallet ({coin})"
                    level = Severity.INFO if coin == "Ethereum" else None
                    span = start, end
                    yield self.found(prompt, message, span, text, severity=level, conceal=True)
