"""PRI001."""

import base64
import re
from collections.abc import Iterator

from promptops.lint.finding import Finding, Severity
from promptops.lint.parsed import ParsedPrompt
from promptops.lint.regions import WRITTEN
from promptops.lint.rule import Rule
from promptops.lint.validators import entropy

_SHAPES = (
    (
        "AWS access key",
        ("AKIA", "ASIA", "ABIA", "ACCA"),
        r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    ),
    ("GitHub token", ("gh",), r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{82})\b"),
    ("GitLab token", ("gl",), r"\bgl(?:pat|dt|rt|ptt|ft|agent|oas)-[A-Za-z0-9_-]{20,60}\b"),
    ("Slack token", ("xox",), r"\bxox[abposre]-(?:\d-)?[A-Za-z0-9-]{10,160}\b"),
    (
        "Slack webhook",
        ("hooks.slack",),
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{43,56}",
    ),
    (
        "OpenAI key",
        ("sk-",),
        (
            r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,120}T3BlbkFJ[A-Za-z0-9_-]{20,120}\b"
            r"|\bsk-proj-[A-Za-z0-9_-]{40,180}\b"
        ),
    ),
    ("Anthropic key", ("sk-ant",), r"\bsk-ant-(?:api|admin)\d{2}-[A-Za-z0-9_-]{80,120}\b"),
    ("Google API key", ("AIza",), r"\bAIza[A-Za-z0-9_-]{35}\b"),
    (
        "Stripe key",
        ("_live_", "_prod_", "_test_"),
        r"\b(?:sk|rk)_(?:live|prod|test)_[A-Za-z0-9]{10,99}\b",
    ),
    ("Hugging Face token", ("hf_", "api_org_"), r"\b(?:hf|api_org)_[A-Za-z]{34}\b"),
    ("npm token", ("npm_",), r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("PyPI token", ("pypi-",), r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,1000}"),
    ("SendGrid key", ("SG.",), r"\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}\b"),
    ("Twilio key", ("SK",), r"\bSK[0-9a-f]{32}\b"),
    (
        "private key",
        ("PRIVATE KEY",),
        r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----\s{0,4}[A-Za-z0-9+/=\s]{64,200}",
    ),
    (
        "JSON web token",
        (".ey",),
        r"\bey[A-Za-z0-9]{17,400}\.ey[A-Za-z0-9/_-]{17,2000}\.[A-Za-z0-9/_-]{10,600}",
    ),
    (
        "password in an address",
        ("://",),
        r"\b[a-z][a-z0-9+.-]{2,20}://[^\s:/@'\"<>{}]{1,60}:[^\s:/@'\"<>{}$]{6,60}@[\w.-]{3,100}",
    ),
)
_COMPILED = tuple((kind, marks, re.compile(shape)) for kind, marks, shape in _SHAPES)
_NAMES = ("key", "secret", "token", "bearer", "passw")
_ASSIGNED = re.compile(
    r"(?i:api[_-]?key|secret[_-]?key|client[_-]?secret|access[_-]?token|auth[_-]?token|bearer"
    r"|passwd|password|private[_-]?key)[\"']?\s{0,3}(?:[:=]|:=|=>)?\s{0,3}[\"'`]?"
    r"(?P<value>[A-Za-z0-9+/_.=-]{20,120})(?![\w+/.=-])"
)
_DUMMY = re.compile(
    r"(?i)example|sample|dummy|placeholder|your[_-]|change[_-]?me|redacted|xxxx|\.\.\.|0000000"
    r"|1234567"
    r"|abcdef|foobar|john doe|foo.{0,3}:|test[_-]?key|insert|<|\*\*\*"
)
_LEAST_ENTROPY = 3.4


class Secret(Rule):
    """A live key or password stands in the prompt.

    What it does:
        Flags keys of known providers by their shape, private keys, addresses with a password, and
        values of high entropy that are assigned to a name such as `api_key`. Placeholders are
        left alone. The value itself is never printed.

    Why is this bad?
        A prompt is logged, cached, sent to providers and read by many people.

    Example:
        Read the orders from postgres://shop:9xK2vq7Lm@db.contoso-retail.com/orders and sum them up.

    Use instead:
        Read the orders with the tool `get_orders` and sum them up.

    What to do:
        Revoke the key, take it out of the history, and let code hold the new one.

    Source:
        OWASP Top 10 for LLM applications 2025, LLM02; rule set of gitleaks; providers' documents.
    """

    code = "PRI001"
    name = "secret"
    severity = Severity.ERROR
    regions = WRITTEN
    tags = ("owasp-llm02", "pci-dss-8.6")

    def check(self, prompt: ParsedPrompt) -> Iterator[Finding]:
        """Yield each secret, by shape first, then by name and entropy."""
        for message in prompt.messages:
            spans = []
            for kind, marks, shape in _COMPILED:
                if not any(mark in message.text for mark in marks):
                    continue
                for match in message.find(shape, self.regions, cased=True):
                    if not _is_dummy(_spoken(match.group()), least=2.5):
                        spans.append(match.span())
                        text = f"this looks like a live secret ({kind})"
                        yield self.found(prompt, message, match.span(), text, conceal=True)
            if not any(name in message.lower for name in _NAMES):
                continue
            for match in message.find(_ASSIGNED, self.regions, cased=True):
                start, end = match.span("value")
                known = any(a < end and start < b for a, b in spans)
                if known or not _looks_random(match["value"]):
                    continue
                text = "this value looks random and its name says that it is secret"
                yield self.found(prompt, message, (start, end), text, conceal=True)


def _spoken(value: str) -> str:
    """A web token's own text, where a made-up name gives it away; any other value as it is."""
    parts = value.split(".")
    if len(parts) != 3 or not value.startswith("ey"):
        return value
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        return base64.urlsafe_b64decode(padded).decode("utf-8")
    except ValueError:
        return value


def _is_dummy(value: str, *, least: float) -> bool:
    return bool(_DUMMY.search(value)) or entropy(value) < least


def _looks_random(value: str) -> bool:
    kinds = sum(
        any(test(char) for char in value) for test in (str.islower, str.isupper, str.isdigit)
    )
    return (
        kinds >= 2 and any(map(str.isdigit, value)) and not _is_dummy(value, least=_LEAST_ENTROPY)
    )
