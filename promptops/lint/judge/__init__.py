"""Checks that need a reader: a model judges, the prompt's own text is the evidence."""

from promptops.lint.judge.checks import CHECKS, Check
from promptops.lint.judge.run import JudgeOptions, JudgeReport, run_checks

__all__ = ["CHECKS", "Check", "JudgeOptions", "JudgeReport", "run_checks"]
