"""One JSON document."""

import json

from promptops.lint.report import LintReport


def write(report: LintReport) -> str:
    """``findings``, ``skipped`` and ``summary`` in one document with sorted keys."""
    return json.dumps(report.to_json(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
