"""AMB007."""

import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.nearby import shape, starting
from promptops.lint.parsed import ParsedPrompt, Wording
from promptops.lint.rule import Rule

_WORDS = ("only", "valid", "invalid", "eligible", "approved", "qualified", "according to",
          "comply with", "compliant with", "conform to", "meets", "per the",
          "under the")  # fmt: skip
_CRITERION = re.compile(
    r"(?:[Oo]nly|[Vv]alid|[Ii]nvalid|[Ee]ligible|[Aa]pproved|[Qq]ualified|[Aa]ccording to"
    r"|[Cc]omply with|[Cc]ompliant with|[Cc]onform to|[Mm]eets|[Pp]er the|[Uu]nder the)"
    r"(?:\s(?:the|a|an|our|for|valid|about|to|on|with|of|if|in)){0,4}\s"
    r"(?P<term>[A-Z][A-Z0-9]{1,5})(?P<plural>s?)\b(?!-)(?:\s(?P<next>[A-Za-z]{1,30}))?"
)
_KNOWN = frozenset(
    {"AI", "API", "APA", "ASCII", "AWS", "B2B", "B2C", "BBC", "CD", "CEO", "CFO", "CI", "CIA",
     "CLI", "CPU", "CRM", "CSS", "CSV", "CTO", "CV", "DIY", "DNA", "DNS", "DOI", "EU", "EUR",
     "FAQ", "FBI", "FDA", "FTP", "GAAP", "GB", "GDP", "GDPR", "GIF", "GMT", "GPS", "GPT",
     "GPU", "HIPAA", "HR", "HTML", "HTTP", "HTTPS", "IBAN", "ID", "IDE", "IEEE", "IFRS", "II",
     "III", "IP", "IRS", "ISBN", "ISO", "IT", "IV", "JPEG", "JPG", "JS", "JSON", "KB", "KPI",
     "LLM", "LTS", "MB", "MIT", "MLA", "MP3", "MVP", "NASA", "NATO", "NBA", "NFL", "NIST",
     "OK", "OOP", "OS", "OWASP", "PC", "PCI", "PDF", "PHP", "PNG", "PR", "QA", "RAM", "REST",
     "RFC", "RGB", "ROI", "RSS", "SDK", "SEO", "SLA", "SMS", "SOAP", "SQL", "SSH", "SSL",
     "SVG", "TLS", "TOML", "TV", "TXT", "UI", "UK", "UN", "URI", "URL", "US", "USA", "USB",
     "USD", "UTC", "UTF", "UX", "VAT", "VPN", "WCAG", "WHO", "XML", "YAML", "ZIP", "PII",
     "SEC", "NLP", "ML", "TDD", "SOLID", "DRY", "LATEX", "MD", "EN", "FR", "DE"}
)  # fmt: skip
_SHOUTED = frozenset(
    {"A", "ALL", "AND", "ANY", "AS", "ASK", "BE", "BUT", "CAN", "DO", "EACH", "END", "EVERY",
     "EXACT", "FINAL", "FIRST", "FOR", "FROM", "FULL", "HIGH", "HOW", "IF", "IN", "IS", "KEY",
     "LAST", "LOW", "MAIN", "MAX", "MIN", "MORE", "MUST", "NEW", "NO", "NONE", "NOT", "NOW",
     "OF", "ON", "ONE", "ONLY", "OR", "OUT", "OUTPUT", "INPUT", "PLAIN", "RAW", "REAL",
     "SAME", "TEXT", "THE", "THIS", "TO", "TRUE", "TWO", "USE", "USER", "VALID", "VERY",
     "WHAT", "WHEN", "YES", "YOU", "YOUR", "FALSE", "TODO", "CODE", "ENGLISH", "STEP",
     "STEPS", "NOTE", "TITLE", "DATA", "FACTS", "TABLE", "LIST", "THREE", "SHORT", "BEST",
     "GOOD", "BAD", "TOP", "AFTER", "ALWAYS", "NEVER", "WITH", "WITHOUT", "ITS", "OUR",
     "THEM", "THESE", "THOSE", "ABOVE", "BELOW", "NEXT"}
)  # fmt: skip


class UndefinedTerm(Rule):
    """An acronym decides what is done, and nothing says what it means.

    What it does:
        Flags an acronym of two to six capitals as the criterion of an instruction ("only RMA
        tickets", "valid SKUs", "according to the DPP") that the prompt spells out nowhere. Names
        of formats, agencies and other acronyms that everybody knows do not count.

    Why is this bad?
        The model picks one of several meanings, and the rule is applied to the wrong cases.

    Example:
        Answer only for valid RMA tickets.

    Use instead:
        Answer only for valid RMA tickets. An RMA (return merchandise authorization) is valid when
        it is younger than 30 days.

    What to do:
        Spell it out once, with the test that decides.

    Source:
        Taxonomy of Prompt Defects (arXiv 2509.14404), underspecified terms.
    """

    code = "AMB007"
    name = "undefined-term"
    severity = Severity.INFO
    shapes = (
        shape(
            r"(?:only|valid|invalid|eligible|approved|qualified|according to|comply with"
            r"|compliant with|conform to|meets|per the|under the) "
        ),
    )
    tags = ("pd-specification",)

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield the first use of each such acronym."""
        for wording in prompt.wordings:
            done: set[str] = set()
            for message in wording.instructing:
                for match in starting(message, _CRITERION, _WORDS, self.regions, cased=True):
                    term = match["term"]
                    if term in done or self._is_word(match) or self._defined(wording, term):
                        continue
                    done.add(term)
                    text = f'nothing says what "{term}" means'
                    yield self.found(prompt, message, match.span("term"), text)

    @staticmethod
    def _is_word(match: re.Match[str]) -> bool:
        """Whether it is known, or an ordinary word written in capitals."""
        after = match["next"] or ""
        shouting = len(after) > 1 and after.isupper() and after not in _KNOWN
        return match["term"] in _KNOWN or match["term"] in _SHOUTED or shouting

    @staticmethod
    def _defined(wording: Wording, term: str) -> bool:
        """Whether it is explained, or used as an ordinary word or a name elsewhere."""
        text = wording.text
        if re.search(rf"\b(?:{term.lower()}|{term.capitalize()})\b", text):
            return True
        return bool(
            re.search(
                rf"\b{term}s?\s?(?:\(|=|:|—|–|means|stands for|is |are |refers)|\({term}s?\b",
                text,
            )
        )
