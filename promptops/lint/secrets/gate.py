"""What every secret has in common, as patterns that a whole collection is searched for at once.

A text in which none of these occurs holds nothing that `find_secrets` reports; the few percent of
texts in which one does are read closely.
"""

WINDOW = 16
"""Characters of the runs that are looked for."""
_STEP = 4
"""Places of the digit in such a run that one rough pattern stands for."""


def _run(characters: str) -> str:
    """16 of ``characters`` with a digit among them (RE2 has no lookahead)."""
    windows = (
        _times(characters, place) + "[0-9]" + _times(characters, WINDOW - 1 - place)
        for place in range(WINDOW)
    )
    return f"(?:{'|'.join(windows)})"


def _about_a_run(characters: str) -> str:
    """What every `_run` holds, up to three characters less: found in half the time.

    Hyperscan looks for the one digit in each of these; runs begin everywhere.
    """
    rest = WINDOW - _STEP
    around = [
        f"{_times(characters, before)}{digit}{_times(characters, rest - before)}"
        for before in range(_STEP, WINDOW, _STEP)
        for digit in range(10)
    ]
    return f"(?:[0-9]{_times(characters, rest)}|{'|'.join(around)})"


def _times(characters: str, times: int) -> str:
    return f"{characters}{{{times}}}" if times else ""


TRIGGERS = (
    "private key-----", "private key block-----", ".ey", "zxlk", "hf_", "api_org_", "q~",
    "hooks.slack.com/", "age-secret-key-1", "service_account", "sntrys_", "cloudinary://", "ltai",
    "endr+", "glpat-", "gloas-", "gldt-", "glrt-", "glptt-", "glft-", "glagent-", "glsoat-",
    "glcbt-", "glimt-", "glrtr-", "glffct-", "pscale_", "sm_pat_", "sm_aat_", "sm_sat_", "whsec_",
    "vcp_", "vci_", "vca_", "vcr_", "vck_", "_mmk", "xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-",
    "xoxo-", "xoxe-", "xoxe.", "xapp-", "sk-ant-", "sk-proj-", "sk_live_", "sk_test_", "ghp_",
)  # fmt: skip
"""Literals, in lower case, of the kinds that need no digit."""

_SCHEME = r"(?:(?:basic|bearer|token|apikey|bot|digest)[ :]{1,2})?"
_KEY = "[a-z0-9_.~+/-]"
RUN = _run(_KEY)
"""The sign that says no more than that a long run of characters holds a digit."""
COMMAND = r"\s(?:-u|--user|--proxy-user)[ =]{0,2}[\"']?[^\s:\"']{0,80}:"
MANIFEST = r"kind:[ \t]{0,3}[\"']?secret"
TELLING = (
    (
        r"passw(?:or)?d[a-z0-9_-]{0,13}(?: (?:for|of|to) [^.:=\n]{1,40})?[\"'`]?\s{0,3}(?:=|:"
        r"|is)[=>:]?\s{0,3}[\"'`]?[^\s\"'`<>{}$()\[\],;]{6}"
    ),
    (
        r"(?:passphrase|passcode|pwd)[a-z0-9_-]{0,13}(?: (?:for|of"
        r"|to) [^.:=\n]{1,40})?[\"'`]?\s{0,3}(?:=|:|is)[=>:]?\s{0,3}[\"'`]?"
        r"[^\s\"'`<>{}$()\[\],;]{6}"
    ),
    r"://[^\s:/@'\"<>{}]{0,80}:[^\s:/@'\"<>{}]{3,120}@",
    COMMAND,
    r"(?:authorization|[_-](?:key|token|auth|secret)|x-[a-z]{0,20}(?:key|token|auth|secret)"
    r"|(?:api|private|auth)(?:key|token)|[\"']token)[\"']?\s{0,2}[:=]\s{0,2}[\"']?"
    + _SCHEME
    + r"[^\s\"'<>{}$]{0,20}[0-9+/=]",
    (
        r"(?:sumo|linkedin|dropbox|coinbase|confluent|airtable)[a-z0-9_ .-]{0,40}"
        r"[\"'`\]]{0,3}\s{0,3}"
        r"(?:[=:>,| ]{1,3}|is)\s{0,5}[\"'`(]{0,3}[a-z0-9]{10}"
    ),
    r"[0-9a-f]{8}:[0-9a-f]{8}",
    r"(?:akia|asia|abia|acca)[a-z2-7]{16}",
    r"sk_[a-z0-9_.~+/-]{16}",
    MANIFEST,
)
"""Signs that say more; patterns over lower-case text, ASCII only, every repetition bounded."""
SHAPES = (_about_a_run(_KEY), *TELLING)
"""The patterns of which a text with a secret holds one, unless it holds one of `TRIGGERS`."""
