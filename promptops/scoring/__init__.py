"""Scoring: how good one answer to one golden case is, from 0 to 1."""

from promptops.scoring.loading import SCORERS, check_metric, load_scorer, load_scorers
from promptops.scoring.scorer import Score, Scorer, settled

__all__ = ["SCORERS", "Score", "Scorer", "check_metric", "load_scorer", "load_scorers", "settled"]
