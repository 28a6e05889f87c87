"""Secrets in text: provider keys by their form, other values by their name and randomness."""

from promptops.lint.secrets.finder import FoundSecret, find_secrets
from promptops.lint.secrets.gate import SHAPES, TRIGGERS
from promptops.lint.secrets.placeholders import find_placeholders, overlaps
from promptops.lint.secrets.placeholders import gate as _gate

PLACEHOLDER_SHAPES = _gate()
"""What `find_placeholders` finds, as patterns for a whole collection."""

__all__ = [
    "PLACEHOLDER_SHAPES",
    "SHAPES",
    "TRIGGERS",
    "FoundSecret",
    "find_placeholders",
    "find_secrets",
    "overlaps",
]
