"""Evaluation: run a prompt over golden cases, score the answers, compare two runs honestly."""

from promptops.evaluation.comparison import Comparison, compare
from promptops.evaluation.result import CaseResult, Evaluation
from promptops.evaluation.runner import Evaluator
from promptops.evaluation.target import Target

__all__ = ["CaseResult", "Comparison", "Evaluation", "Evaluator", "Target", "compare"]
