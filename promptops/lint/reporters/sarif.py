"""SARIF 2.1.0, which code hosts and editors show as code-scanning results.

Method: OASIS Static Analysis Results Interchange Format (SARIF) Version 2.1.0, with errata 01.
Columns count UTF-16 code units where the texts of the files are at hand, because viewers take them
for that whatever ``columnKind`` says; without the texts they count code points, as ours do. Paths
are relative to the root of the workspace and percent-encoded (RFC 3986). Nothing depends on the
machine or the hour.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from promptops import __version__
from promptops.lint.accuracy import Accuracy, accuracy
from promptops.lint.finding import Edit, Finding, Fix, Severity
from promptops.lint.fingerprint import fingerprint
from promptops.lint.reference import help_uri, rule_help
from promptops.lint.report import LintReport, Skipped
from promptops.lint.reporters.quoting import Quotes
from promptops.lint.reporters.wording import row_prefix
from promptops.lint.rule import Rule
from promptops.lint.rules import RULES
from promptops.lint.taxonomy import Framework, frameworks, known_tags

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "SRCROOT"
_FINGERPRINT = "promptopsFinding/v1"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEM = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "recommendation",
}
_PRECISION = ((0.9, "very-high"), (0.8, "high"), (0.5, "medium"), (0.0, "low"))

Json = dict[str, Any]


def write(report: LintReport) -> str:
    """The report as one SARIF log with one run."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _run(report: LintReport) -> Json:
    strangers = {finding.code: finding for finding in report.findings if finding.code not in RULES}
    codes = sorted({*RULES, *strangers})
    used = _used_frameworks(report.findings)
    numbers = {framework.id: number for number, framework in enumerate(used)}
    rules = [
        _rule(RULES[code], numbers) if code in RULES else _stranger(strangers[code], numbers)
        for code in codes
    ]
    index = {code: number for number, code in enumerate(codes)}
    quotes, columns = Quotes(report), _Columns(report)
    seen: Counter[str] = Counter()
    invocation: Json = {"executionSuccessful": not report.skipped}
    if report.skipped:
        invocation["toolExecutionNotifications"] = [_notification(i) for i in report.skipped]
    driver = {
        "name": "promptops",
        "semanticVersion": __version__,
        "informationUri": "https://promptops.example/docs",
        "rules": rules,
        "supportedTaxonomies": [
            {"name": framework.id, "index": number} for number, framework in enumerate(used)
        ],
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": "promptops-lint/"},
        "invocations": [invocation],
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The root of the workspace or repository."}}
        },
        "columnKind": columns.kind,
        "results": [
            _result(finding, index[finding.code], quotes, columns, seen)
            for finding in report.findings
        ],
        "taxonomies": [_taxonomy(framework) for framework in used],
    }


def _rule(rule: type[Rule], taxonomies: Mapping[str, int]) -> Json:
    card = accuracy(rule.code)
    configuration: Json = {"level": _LEVEL[rule.severity]}
    properties: Json = {"tags": list(rule.tags), "problem.severity": _PROBLEM[rule.severity]}
    if card is not None and card.precision is not None:
        configuration["rank"] = _rank(card)
        properties["precision"] = _precision(card.precision)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.rationale},
        "help": {"text": f"{rule.rationale} {rule.advice}", "markdown": rule_help(rule)},
        "helpUri": help_uri(rule),
        "defaultConfiguration": configuration,
        "relationships": _relationships(rule.tags, taxonomies),
        "properties": properties,
    }


def _stranger(finding: Finding, taxonomies: Mapping[str, int]) -> Json:
    """A rule that only its findings tell of: one of the workspace, or a model's judgement."""
    return {
        "id": finding.code,
        "name": finding.name,
        "shortDescription": {"text": finding.name.replace("-", " ")},
        "help": {"text": finding.advice or finding.name},
        "relationships": _relationships(finding.tags, taxonomies),
        "properties": {"tags": list(finding.tags)},
    }


def _relationships(tags: Iterable[str], taxonomies: Mapping[str, int]) -> list[Json]:
    return [
        {
            "target": {
                "id": tag.id,
                "toolComponent": {"name": tag.framework, "index": taxonomies[tag.framework]},
            },
            "kinds": ["relevant"],
        }
        for tag in known_tags(tags)
    ]


def _used_frameworks(findings: Sequence[Finding]) -> list[Framework]:
    ids = {tag for rule in RULES.values() for tag in rule.tags}
    ids.update(tag for finding in findings for tag in finding.tags)
    used = {tag.framework for tag in known_tags(ids)}
    return [framework for framework in frameworks().values() if framework.id in used]


def _taxonomy(framework: Framework) -> Json:
    taxonomy: Json = {
        "name": framework.id,
        "organization": framework.organization,
        "shortDescription": {"text": framework.title},
        "informationUri": framework.url,
        "isComprehensive": False,
        "taxa": [
            {
                "id": tag.id,
                "name": tag.number,
                "shortDescription": {"text": tag.title},
                "fullDescription": {"text": tag.text},
                "helpUri": tag.url,
            }
            for tag in framework.tags
        ],
    }
    if framework.version:
        taxonomy["version"] = framework.version
    return taxonomy


class _Columns:
    """Our columns as the log counts them."""

    def __init__(self, report: LintReport) -> None:
        self._lines = {
            path: text.removeprefix("\ufeff").split("\n") for path, text in report.sources.items()
        }
        known = all(f.path in self._lines for f in report.findings if f.row is None)
        self.kind = "utf16CodeUnits" if known else "unicodeCodePoints"

    def column(self, path: str, line: int, column: int) -> int:
        lines = self._lines.get(path)
        if self.kind == "unicodeCodePoints" or lines is None or line > len(lines):
            return column
        return column + sum(char > "\uffff" for char in lines[line - 1][: column - 1])

    def region(self, path: str, place: Finding | Edit) -> Json:
        return {
            "startLine": place.line,
            "startColumn": self.column(path, place.line, place.column),
            "endLine": place.end_line,
            "endColumn": self.column(path, place.end_line, place.end_column),
        }


def _result(
    finding: Finding, index: int, quotes: Quotes, columns: _Columns, seen: Counter[str]
) -> Json:
    mark = fingerprint(finding)
    seen[mark] += 1
    text = f"{row_prefix(finding.row)}{finding.message}"
    text += f". {finding.advice}" if finding.advice else ""
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVEL[finding.severity],
        "message": {"text": text},
        "locations": [_location(finding, quotes, columns)],
        # The same words twice in one prompt are told apart by their order.
        "partialFingerprints": {_FINGERPRINT: f"{mark}:{seen[mark]}"},
    }
    card = accuracy(finding.code)
    if card is not None and card.precision is not None:
        result["rank"] = _rank(card)
    if finding.fix and finding.fix.applicability != "display" and finding.row is None:
        result["fixes"] = [_fix(finding.fix, finding.path, columns)]
    properties = {"region": finding.region, "variant": finding.variant, "row": finding.row}
    result["properties"] = {
        "tags": list(finding.tags),
        **{name: value for name, value in properties.items() if value is not None},
    }
    return result


def _location(finding: Finding, quotes: Quotes, columns: _Columns) -> Json:
    physical: Json = {"artifactLocation": _artifact(finding.path)}
    if finding.row is None:  # a table's lines and columns count inside the cell
        physical["region"] = columns.region(finding.path, finding)
        if snippet := quotes.snippet(finding):
            physical["region"]["snippet"] = {"text": snippet}
        if context := quotes.context(finding):
            lines = {"startLine": finding.line, "endLine": finding.end_line}
            physical["contextRegion"] = {**lines, "snippet": {"text": context}}
    location: Json = {"physicalLocation": physical}
    if finding.prompt_id:
        name = f"{finding.prompt_id}/{finding.variant}" if finding.variant else finding.prompt_id
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "prompt"}]
    return location


def _fix(fix: Fix, path: str, columns: _Columns) -> Json:
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path),
                "replacements": [
                    {
                        "deletedRegion": columns.region(path, edit),
                        "insertedContent": {"text": edit.text},
                    }
                    for edit in fix.edits
                ],
            }
        ],
        "properties": {"applicability": fix.applicability},
    }


def _notification(item: Skipped) -> Json:
    physical: Json = {"artifactLocation": _artifact(item.path)}
    if item.row is None and item.line is not None:
        physical["region"] = {"startLine": item.line}
        if item.column is not None:
            physical["region"]["startColumn"] = item.column
    return {
        "level": "error",
        "message": {"text": f"{row_prefix(item.row)}not checked: {item.reason}"},
        "locations": [{"physicalLocation": physical}],
    }


def _artifact(path: str) -> Json:
    if path.startswith("/"):
        return {"uri": f"file://{_quoted(path)}"}
    return {"uri": _quoted(path), "uriBaseId": _ROOT}


def _quoted(path: str) -> str:
    """A path in a URI; of a name that is no UTF-8, the bytes that it is made of."""
    return quote(path, errors="surrogateescape")


def _rank(card: Accuracy) -> float:
    return round(100 * (card.precision or 0.0), 1)


def _precision(value: float) -> str:
    return next(name for least, name in _PRECISION if value >= least)
