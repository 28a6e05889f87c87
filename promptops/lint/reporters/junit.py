"""JUnit XML, which most continuous integration servers show as test results.

One test suite a file. A finding that fails the run is a failed case, a milder one a passed case
whose output tells it, and what was not checked is an error: a server that shows nothing else must
not show it as passed. A report without findings is one passed case.
"""

from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from promptops.lint.finding import Finding
from promptops.lint.report import LintReport, Skipped
from promptops.lint.reporters.wording import closing, place, skipped_place, visible

_SUITE = "promptops lint"


def write(report: LintReport) -> str:
    """The report as one ``testsuites`` element."""
    suites = list(_suites(report))
    tests, failures, errors = (sum(counts) for counts in zip(*(s[1] for s in suites), strict=True))
    head = f"<testsuites{_attributes(name=_SUITE, tests=tests, failures=failures, errors=errors)}>"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', head]
    for lines_of_suite, _ in suites:
        lines += lines_of_suite
    return "\n".join([*lines, "</testsuites>"]) + "\n"


_Suite = tuple[list[str], tuple[int, int, int]]


def _suites(report: LintReport) -> Iterator[_Suite]:
    """The lines of each suite with its numbers of tests, failures and errors."""
    items: list[Finding | Skipped] = [*report.findings, *report.skipped]
    items.sort(key=lambda item: item.path)
    if not items:
        case = f"    <testcase{_attributes(name=closing(report), classname=_SUITE)}/>"
        yield _suite(_SUITE, [case], 0, 0)
    for path, group in groupby(items, key=lambda item: item.path):
        cases: list[str] = []
        failures = errors = 0
        for item in group:
            if isinstance(item, Skipped):
                errors += 1
                cases += _skipped(item)
            else:
                fails = item.severity.rank <= report.fail_on.rank
                failures += fails
                cases += _finding(item, fails=fails)
        yield _suite(path, cases, failures, errors)


def _suite(name: str, cases: list[str], failures: int, errors: int) -> _Suite:
    tests = sum(line.startswith("    <testcase") for line in cases)
    counts = _attributes(name=name, tests=tests, failures=failures, errors=errors)
    return [f"  <testsuite{counts}>", *cases, "  </testsuite>"], (tests, failures, errors)


def _finding(finding: Finding, *, fails: bool) -> Iterator[str]:
    name = f"{finding.code} {finding.name} {finding.line}:{finding.column}"
    if finding.row is not None:
        name = f"{finding.code} {finding.name} row {finding.row}, {finding.line}:{finding.column}"
    line = finding.line if finding.row is None else None
    yield _case(name, finding.path, line)
    said = f"{place(finding)}: {finding.severity.value}: {finding.message}"
    told = "\n".join(_text(line) for line in (said, finding.advice) if line)
    if fails:
        about = _attributes(message=finding.message, type=finding.severity.value)
        yield f"      <failure{about}>{told}</failure>"
    else:
        yield f"      <system-out>{told}</system-out>"
    yield "    </testcase>"


def _skipped(item: Skipped) -> Iterator[str]:
    yield _case("not checked", item.path, item.line if item.row is None else None)
    told = _text(f"{skipped_place(item)}: {item.reason}")
    yield f"      <error{_attributes(message=item.reason, type='skipped')}>{told}</error>"
    yield "    </testcase>"


def _case(name: str, path: str, line: int | None) -> str:
    place = {} if line is None else {"line": line}
    return f"    <testcase{_attributes(name=name, classname=path, file=path, **place)}>"


def _attributes(**values: str | int) -> str:
    # visible() leaves no character that XML forbids.
    return "".join(f" {name}={quoteattr(visible(str(value)))}" for name, value in values.items())


def _text(text: str) -> str:
    return escape(visible(text))
