"""Turning texts into vectors: one protocol, one adapter for each library, an on-disk cache."""

from promptops.embedding.embedder import Embedder

__all__ = ["Embedder"]
