"""Other prompt linters and scanners, asked the same texts in an interpreter of their own.

`make peers` installs them into ``.venv-peers`` (another place: ``PROMPTOPS_PEERS``). This file is
both sides: imported, it starts itself under that interpreter, one process a peer, and sends texts
as JSON lines; started with a peer's name, it imports that peer and answers each line with flags:

    {"text": "..."}  ->  [["injection", "AIP008", "error", null, null], ...]

A flag is a category, the peer's own rule, a severity in our three levels, and a span where the peer
gives offsets. Every peer runs as its documentation says, with its defaults.
"""

import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

Flag = tuple[str, str, str, int | None, int | None]
Check = Callable[[str], Iterable[Flag]]

APART = "prompt-lint-py"
"""Shares its module name with promptlint-cli: it is installed in a folder of this name."""

CATEGORIES = {
    "aiproof": {
        "injection": {"AIP008"}, "secret": {"AIP006"}, "CON": {"AIP001", "AIP004", "AIP010"},
        "FMT": {"AIP002", "AIP013"}, "VAR": {"AIP012", "AIP015"}, "AMB": {"AIP003"},
    },
    "promptlint-cli": {
        "injection": {"prompt-injection", "jailbreak-pattern"}, "secret": {"secret-in-prompt"},
        "pii": {"pii-in-prompt"}, "AMB": {"clarity-vague-terms", "actionability-weak-verbs"},
        "CON": {"consistency-terminology", "verbosity-redundancy"},
        "FMT": {"output-format-missing", "structure-sections"},
    },
    "promptproof": {
        "injection": {"PP602"}, "secret": {"PP601"}, "pii": {"PP603"},
        "AMB": {"PP101", "PP102", "PP103", "PP104", "PP105"},
        "CON": {"PP201", "PP202", "PP203", "PP204", "PP303"}, "FMT": {"PP304"},
    },
    "promptdoctor": {"AMB": {"PD103"}, "CON": {"PD107", "PD110"}, "FMT": {"PD101"}},
    "lintlang": {"AMB": {"H5"}, "FMT": {"H6"}},
}  # fmt: skip
"""Which of our groups a peer's rules speak about; its other rules count as ``other``."""

LEVELS = {
    "critical": "error", "high": "error", "error": "error", "medium": "warning", "warn": "warning",
    "warning": "warning", "low": "info", "info": "info",
}  # fmt: skip


def speaks_about(peer: str) -> set[str]:
    """The categories that a peer has rules for."""
    if peer in CATEGORIES:
        return set(CATEGORIES[peer])
    return {"prompt-lint-py": {"injection"}, "presidio": {"pii"}}.get(peer, {"secret"})


def aiproof() -> Check:
    from aiproof import check

    return lambda text: [
        _flag("aiproof", each["code"], each["severity"]) for each in check(text, "prompt.md")
    ]


def promptlint_cli() -> Check:
    from promptlint.engine import LintEngine
    from promptlint.utils.config import PromptlintConfig

    engine = LintEngine(PromptlintConfig())
    return lambda text: [
        _flag("promptlint-cli", each["rule"], each["level"]) for each in engine.analyze(text)
    ]


def prompt_lint_py() -> Check:
    sys.path.insert(0, str(Path(sys.prefix) / APART))
    from promptlint.firewall import Firewall

    wall = Firewall(mode="block")
    mild = {"ALLOW": "info", "ALLOW_WITH_WARNING": "warning", "ALLOW_AS_QUOTED_DATA": "info"}

    def check(text: str) -> Iterable[Flag]:
        result = wall.scan(text)
        level = mild.get(result.decision.value, "error")
        if result.findings or level == "error":
            yield "injection", result.decision.value, level, None, None

    return check


def promptproof() -> Check:
    from promptproof.document import DocKind, Document
    from promptproof.engine import lint_document

    def check(text: str) -> Iterable[Flag]:
        document = Document.from_text(text, path="prompt.md", kind=DocKind.PROMPT)
        for each in lint_document(document):
            yield _flag("promptproof", each.rule, each.severity.value)

    return check


def promptdoctor() -> Check:
    from promptdoctor.rules import lint

    return lambda text: [
        _flag("promptdoctor", each.rule, each.severity) for each in lint(text).findings
    ]


def lintlang() -> Check:
    from lintlang.parsers import parse_source
    from lintlang.scanner import scan_config

    def check(text: str) -> Iterable[Flag]:
        for each in scan_config(parse_source(text, "prompt.md")).structural_findings:
            yield _flag("lintlang", each.pattern_id, each.severity.value)

    return check


def detect_secrets() -> Check:
    """As its command scans a file."""
    from detect_secrets import SecretsCollection
    from detect_secrets.settings import default_settings

    folder = Path(tempfile.mkdtemp())

    def check(text: str) -> Iterable[Flag]:
        file = folder / "prompt.md"
        file.write_text(text, encoding="utf-8", errors="replace")
        found = SecretsCollection()
        with default_settings():
            found.scan_file(str(file))
        for _, secret in found:
            yield "secret", secret.type, "error", None, None

    return check


def detect_secrets_lines() -> Check:
    """As its ``scan_line`` answers, which leaves the file filters out."""
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import default_settings

    def check(text: str) -> Iterable[Flag]:
        with default_settings():
            for line in text.split("\n"):
                for secret in scan_line(line):
                    yield "secret", secret.type, "error", None, None

    return check


def kingfisher() -> Check:
    """Its Python package with its defaults; nothing is asked over the network."""
    from kingfisher_sdk import Scanner

    scanner = Scanner()
    return lambda text: [
        ("secret", found.rule_id, "error", None, None)
        for found in scanner.scan(text)
        if found.visible
    ]


def presidio() -> Check:
    """Its pattern recognizers with context words over a tokenizer; no model.

    The rule is the entity; the severity tells the score: error from 0.4, else info.
    """
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine

    blank = spacy.blank("en")

    class Words(SpacyNlpEngine):
        """Tokens only; the lower-cased token stands for the lemma."""

        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": blank}

        def is_loaded(self) -> bool:
            return True

        def process_text(self, text: str, language: str) -> NlpArtifacts:
            tokens = blank(text)
            return NlpArtifacts(
                entities=[],
                tokens=tokens,
                tokens_indices=[token.idx for token in tokens],
                lemmas=[token.text.lower() for token in tokens],
                nlp_engine=self,
                language=language,
            )

    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    kept = [
        each for each in registry.recognizers if not each.name.lower().startswith(("spacy", "ner"))
    ]
    analyzer = AnalyzerEngine(registry=RecognizerRegistry(kept), nlp_engine=Words())

    def check(text: str) -> Iterable[Flag]:
        for each in analyzer.analyze(text, language="en"):
            level = "error" if each.score >= 0.4 else "info"
            yield "pii", each.entity_type, level, each.start, each.end

    return check


CHECKS: dict[str, tuple[str, Callable[[], Check]]] = {
    "aiproof": ("aiproof", aiproof),
    "promptlint-cli": ("promptlint-cli", promptlint_cli),
    "promptproof": ("promptproof", promptproof),
    "prompt-lint-py": ("prompt-lint-py", prompt_lint_py),
    "promptdoctor": ("promptdoctor", promptdoctor),
    "lintlang": ("lintlang", lintlang),
    "detect-secrets": ("detect-secrets", detect_secrets),
    "detect-secrets scan_line": ("detect-secrets", detect_secrets_lines),
    "kingfisher": ("kingfisher-secret-scanner", kingfisher),
    "presidio": ("presidio_analyzer", presidio),
}
"""By the name in the tables: the package, and what makes its check."""


def interpreter() -> Path | None:
    """The peers' Python, None when they are not installed."""
    root = Path(os.environ.get("PROMPTOPS_PEERS") or Path(__file__).parents[1] / ".venv-peers")
    python = root / "bin" / "python"
    return python if python.exists() else None


def ask(peer: str, texts: Iterable[str]) -> list[list[Flag]]:
    """A peer's flags for each text, in order; the same texts are asked once a run.

    Raises:
        RuntimeError: When the peer could not be run, with what it said.
    """
    return _asked(peer, tuple(texts))


@cache
def _asked(peer: str, texts: tuple[str, ...]) -> list[list[Flag]]:
    python = interpreter()
    if python is None:
        raise RuntimeError("the peers are not installed: run make peers")
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    done = subprocess.run(
        [python, "-W", "ignore", __file__, peer],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
        cwd=tempfile.gettempdir(),
    )
    answers = [
        [tuple(flag) for flag in json.loads(line)] for line in done.stdout.splitlines() if line
    ]
    if done.returncode or len(answers) != lines.count("\n"):
        raise RuntimeError(f"{peer} failed: {done.stderr[-500:]}")
    return answers


def version(peer: str) -> str:
    """The installed version of a peer, as its own interpreter states it."""
    code = f"import importlib.metadata as m; print(m.version({CHECKS[peer][0]!r}))"
    python = interpreter()
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:  # the one that lives apart
        found = importlib.metadata.distributions(path=[str(python.parents[1] / APART)])
        return next((each.version for each in found if each.name == CHECKS[peer][0]), "unknown")
    return done.stdout.strip()


def _flag(peer: str, rule: str, severity: str) -> Flag:
    level = LEVELS[severity.lower()]
    for category, rules in CATEGORIES[peer].items():
        if rule in rules:
            return category, rule, level, None, None
    return "other", rule, level, None, None


def _serve(peer: str) -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a peer prints is no answer
    check = CHECKS[peer][1]()
    for line in sys.stdin:
        answers.write(json.dumps(list(check(json.loads(line)["text"]))) + "\n")
    answers.close()


if __name__ == "__main__" and len(sys.argv) > 1:
    _serve(sys.argv[1])
