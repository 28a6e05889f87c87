"""Which prompts an organization has: groups by meaning, duplicates, a map, and search."""

from promptops.cluster.drift import Drift, drift
from promptops.cluster.items import Item, item_of, prompt_text
from promptops.cluster.pipeline import cluster_prompts
from promptops.cluster.report import (
    Assignment,
    Cluster,
    ClusterReport,
    DuplicateGroup,
    DuplicatePair,
    Theme,
)
from promptops.cluster.search import SearchHit, SearchIndex, search

__all__ = [
    "Assignment",
    "Cluster",
    "ClusterReport",
    "Drift",
    "DuplicateGroup",
    "DuplicatePair",
    "Item",
    "SearchHit",
    "SearchIndex",
    "Theme",
    "cluster_prompts",
    "drift",
    "item_of",
    "prompt_text",
    "search",
]
