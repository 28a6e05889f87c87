"""Shorter wording without a model: every removal has a class and is justified in words."""

from promptops.optimize.compressing.compress import (
    STRENGTHS,
    Compressed,
    Removal,
    Strength,
    compress,
)

__all__ = ["STRENGTHS", "Compressed", "Removal", "Strength", "compress"]
