"""The prompt linter: rules over parsed prompts, with places in the file."""

from promptops.lint.engine import Linter
from promptops.lint.finding import Edit, Finding, Fix, Severity
from promptops.lint.options import LintOptions, load_options
from promptops.lint.parsing import parse_file, parse_text
from promptops.lint.report import LintReport, Skipped
from promptops.lint.reporters import REPORTERS
from promptops.lint.rule import Rule
from promptops.lint.rules import RULES
from promptops.lint.runner import lint_cells, lint_files, lint_prompts

__all__ = [
    "REPORTERS",
    "RULES",
    "Edit",
    "Finding",
    "Fix",
    "LintOptions",
    "LintReport",
    "Linter",
    "Rule",
    "Severity",
    "Skipped",
    "lint_cells",
    "lint_files",
    "lint_prompts",
    "load_options",
    "parse_file",
    "parse_text",
]
