"""Secrets in text: provider keys by their form, other values by their name and randomness."""

from promptops.lint.secrets.finder import FoundSecret, find_secrets
from promptops.lint.secrets.gate import SHAPES, TRIGGERS

__all__ = ["SHAPES", "TRIGGERS", "FoundSecret", "find_secrets"]
