"""Lint whatever bytes libFuzzer thinks of: nothing may raise, hang, or point outside the text.

    python tests/fuzz/fuzz_lint.py -max_total_time=60 -max_len=262144 -timeout=5 [CORPUS...]

The first byte chooses the format, the rest is the file. The rules' own examples are the seeds.
`make fuzz` runs it for a minute; what fails is kept as ``crash-…`` in the current folder, and is
run again by naming that file.
"""

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import atheris

# What is imported before is not instrumented: the linter is what is looked at.
for name in ("golden.case", "models.catalog", "prompts.loader", "prompts.sources"):
    import_module(f"promptops.{name}")

with atheris.instrument_imports(include=["promptops"]):
    from promptops.lint import RULES
    from promptops.lint.documentation import as_prompt_file
    from promptops.lint.engine import Linter
    from promptops.lint.finding import Finding
    from promptops.lint.fixes import fix_until_stable
    from promptops.lint.options import LintOptions
    from promptops.lint.paths import check_read
    from promptops.lint.report import LintReport
    from promptops.lint.reporters import REPORTERS
    from promptops.lint.runner import report_of
    from promptops.lint.sources import FORMATS, parse_source

BARE = ""
KINDS = (BARE, *(name for name, kind in FORMATS.items() if not kind.streamed))
"""Formats by the first byte; the bare text is a cell of a table."""

BROKEN = ("failed on this prompt", "could not be read:", "could not be parsed for linting")
"""How a skip speaks of an exception that nobody expected."""

LINTER = Linter(LintOptions())


def file_name(kind: str) -> str:
    """A file name of a format."""
    return FORMATS[kind or "text"].patterns[0].replace("*", "fuzz")


def lint(kind: str, text: str) -> LintReport:
    """The report on one text; an unexpected exception inside it is raised."""
    path = file_name(kind)
    if kind == BARE:
        checked = LINTER.check_text(text, path=path, row=1)
    else:
        checked = check_read(LINTER, parse_source(text, shown=path, format_=kind))
    for skipped in checked.skipped:
        if any(words in skipped.reason for words in BROKEN):
            raise AssertionError(skipped.reason)
    return report_of([checked], LINTER.options)


def check_places(findings: tuple[Finding, ...], text: str) -> None:
    """Every finding begins and ends inside the text; a line's end is a character of its own."""
    lengths = [len(line) for line in text.removeprefix("\ufeff").split("\n")]
    for found in findings:
        begin, end = (found.line, found.column), (found.end_line, found.end_column)
        for (line, column), beyond in ((begin, 1), (end, 2)):
            inside = 1 <= line <= len(lengths) and 1 <= column <= lengths[line - 1] + beyond
            assert inside, f"{found.code} points at {line}:{column}, outside the text"
        assert begin <= end, f"{found.code} ends before it begins"


def one_input(data: bytes) -> None:
    """Everything that must hold for any file."""
    kind = KINDS[data[0] % len(KINDS)] if data else BARE
    text = data[1:].decode("utf-8", "surrogateescape")
    report = lint(kind, text)
    check_places(report.findings, text)
    # SARIF describes every rule, which takes longer than all the rest: each input has its turn.
    formats = ("text", "json", sorted(REPORTERS)[len(data) % len(REPORTERS)])
    written = [REPORTERS[name](report).encode("utf-8") for name in formats]
    assert REPORTERS["json"](lint(kind, text)).encode("utf-8") == written[1], "two runs differ"
    if kind != BARE:
        fix_until_stable(text, lambda each: lint(kind, each).findings, unsafe=True)


def write_seeds(folder: Path) -> None:
    """The rules' examples, as prompt files and, in turn, in every other format."""
    for number, (code, rule) in enumerate(RULES.items()):
        for name, example in (("bad", rule.bad), ("good", rule.good)):
            files = {KINDS.index("promptops"): as_prompt_file(example)}
            files[number % len(KINDS)] = example
            for kind, text in files.items():
                data = bytes([kind]) + text.encode("utf-8")
                (folder / f"{code}-{name}-{kind}").write_bytes(data)


def main() -> None:
    """Fuzz, from the seeds and the folders that the command line names."""
    with tempfile.TemporaryDirectory() as seeds:
        write_seeds(Path(seeds))
        for text in ("Name it.", as_prompt_file("Name it.")):
            for kind in KINDS:  # compiling all rules takes longer than an input may
                lint(kind, text)
        named = any(not each.startswith("-") and Path(each).is_file() for each in sys.argv[1:])
        atheris.Setup([*sys.argv, *([] if named else [seeds])], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
