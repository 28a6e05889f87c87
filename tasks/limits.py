"""The one limit that flows share: who may call models on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency

LLM_LIMIT = "promptops-llm"


@contextmanager
def llm_slot() -> Iterator[None]:
    """Hold the slot for model calls; a second flow waits for it.

    One slot a flow, not a task: acquiring one takes about a second.
    """
    with get_client(sync_client=True) as client:
        client.upsert_global_concurrency_limit_by_name(LLM_LIMIT, 1)
    with concurrency(LLM_LIMIT, occupy=1):
        yield
