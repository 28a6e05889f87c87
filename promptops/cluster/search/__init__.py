"""Finding prompts: words and meaning fused, among the prompts one asks for, with the passage."""

from collections.abc import Sequence

from promptops.cluster.items import Item
from promptops.cluster.search.index import SearchHit, SearchIndex
from promptops.embedding.embedder import Embedder

__all__ = ["SearchHit", "SearchIndex", "search"]


def search(
    query: str, items: Sequence[Item], embedder: Embedder, k: int = 10
) -> tuple[SearchHit, ...]:
    """Search items that are not indexed yet; for more than one query build a `SearchIndex`."""
    return SearchIndex.build(items, embedder).search(query, embedder, k)
