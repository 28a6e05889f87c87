"""Optimization: propose wordings, race them on dev cases, judge the best once on held-out ones."""

from promptops.optimize.optimizer import Optimizer
from promptops.optimize.plan import Plan
from promptops.optimize.proposals import to_proposal
from promptops.optimize.result import OptimizeResult
from promptops.optimize.trials import Allowance

__all__ = ["Allowance", "OptimizeResult", "Optimizer", "Plan", "to_proposal"]
