"""Scoring: how good one answer to one golden case is, from 0 to 1."""

from promptops.scoring.scorer import SCORERS, Score, Scorer, load_scorer, load_scorers

__all__ = ["SCORERS", "Score", "Scorer", "load_scorer", "load_scorers"]
