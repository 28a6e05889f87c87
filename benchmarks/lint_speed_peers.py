"""One linter over one list of texts, timed in a process of its own.

Started by `lint_speed.py` under our interpreter or that of the peers, whichever has the linter:

    python lint_speed_peers.py NAME TEXTS.json [OPTIONS]

NAME is a key of `lint_peers.CHECKS`, "aiproof a.txt" (which skips its Markdown parser) or
"promptops", whose OPTIONS are JSON: ``select`` (codes) and ``custom`` (a YAML file of rules). It
answers with one JSON object: seconds of this process's CPU and of the clock, and what was found.
Start-up, imports and the first text are not timed.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import lint_peers

MATCHES: dict[str, tuple[str, tuple[str, ...]]] = {
    "AIP001": ("conflicting instructions (pairs of set phrases)", ("CON002", "CON003")),
    "AIP002": ("a format is asked for without a schema", ("FMT002",)),
    "AIP003": ("conflicting roles", ("CON007",)),
    "AIP004": ("contradictory tone (concise/comprehensive, formal/casual)", ("CON001", "CON012")),
    "AIP005": ("a value is filled in without delimiters", ("SEC012",)),
    "AIP006": ("hard-coded credential (8 providers)", ("PRI001",)),
    "AIP007": ("{name} without tags around it", ("VAR003",)),
    "AIP008": ("known jailbreak phrases (some 30)", ("SEC002",)),
    "AIP009": ("a value that breaks the prompt cache", ("ECO004",)),
    "AIP010": ("near-duplicate instruction", ("CON008",)),
    "AIP011": ("token budget", ("ECO003",)),
    "AIP012": ("unused template variable", ("VAR002",)),
    "AIP013": ("structured output without an example", ("FMT002",)),
    "AIP014": ("tool that is not declared", ()),
    "AIP015": ("unhandled placeholder (TODO, TBD)", ("VAR006",)),
    "AIP016": ("one vendor's tags on another's model", ()),
    "AIP017": ("system message of another vendor's manner", ()),
    "AIP018": ("determinism asked for at a high temperature", ("MOD006",)),
    "AIP019": ("step-by-step demand without an example", ("MOD002",)),
    "AIP020": ("overloaded system message", ("FMT006",)),
}
"""What each rule of aiproof 0.1.4 says or looks for, and the rules of ours about the same."""

SPEAKING = ("AIP001", "AIP002", "AIP003", "AIP004", "AIP006", "AIP008", "AIP011", "AIP013",
            "AIP019")  # fmt: skip
"""Those that say anything about a bare prompt when called from Python; the others stay silent even
on samples made for them (they want other kinds of file, or a declared model)."""


_FAST = ("promptops", "aiproof", "aiproof a.txt")


def matched(names: tuple[str, ...] = tuple(MATCHES)) -> list[str]:
    """Our rules about what these rules of aiproof are about."""
    return sorted({code for name in names for code in MATCHES[name][1]})


def promptops(options: str) -> Callable[[str], object]:
    """Our linter as its Python API gives it."""
    from promptops.lint import Linter, LintOptions
    from promptops.lint.custom import load_pattern_rules

    given = json.loads(options or "{}")
    custom = load_pattern_rules(Path(given["custom"])) if "custom" in given else ()
    select = frozenset(given["select"]) if "select" in given else None
    linter = Linter(LintOptions(select=select, custom=custom))
    linter.prepare()
    return lambda text: linter.check_text(text, path="prompt.md").findings


def aiproof_as_text() -> Callable[[str], object]:
    """The fastest peer without its Markdown parser."""
    from aiproof import check

    return lambda text: check(text, "a.txt")


def check_of(name: str, options: str) -> Callable[[str], object]:
    """What checks one text; all work is done when it returns."""
    if name == "promptops":
        return promptops(options)
    if name == "aiproof":  # without the translation of its findings
        from aiproof import check

        return lambda text: check(text, "prompt.md")
    if name == "aiproof a.txt":
        return aiproof_as_text()
    found = lint_peers.CHECKS[name][1]()
    return lambda text: list(found(text))


def main() -> None:
    name, path, *rest = sys.argv[1:]
    texts = json.loads(Path(path).read_text())
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a peer prints is no answer
    check = check_of(name, rest[0] if rest else "")
    # Patterns are compiled on first use: one pass first, for slow linters over a few texts only.
    for text in texts if name in _FAST else texts[:20]:
        check(text)
    findings = 0
    clock, cpu = time.perf_counter(), sum(os.times()[:4])
    start = time.process_time()
    for text in texts:
        findings += len(check(text))  # type: ignore[arg-type]
    own = time.process_time() - start
    children = sum(os.times()[:4]) - cpu - own
    seconds = {"cpu": own + max(0.0, round(children, 1)), "wall": time.perf_counter() - clock}
    answers.write(json.dumps({**seconds, "findings": findings}))
    answers.close()


if __name__ == "__main__":
    main()
