"""Nearest neighbors among vectors."""

from promptops.vectors.index import VectorIndex

__all__ = ["VectorIndex"]
