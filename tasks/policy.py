"""How tasks run: one place for retries, timeouts and caching.

Prefect's result cache is off: what was measured is known to the evidence store, which knows by
content. Providers are retried below (`promptops.llm`); a task is retried only when its process or
its database stumbled, never for a mistake in the input.
"""

import os
from typing import Any

from prefect.cache_policies import NO_CACHE

from promptops.errors import GateError, InputError, ReadOnlyWorkspaceError


def is_passing(_task: Any, _run: Any, state: Any) -> bool:
    """Whether trying again can help: not for wrong input, a failed gate or a locked folder."""
    try:
        state.result()
    except (InputError, GateError, ReadOnlyWorkspaceError):
        return False
    except Exception:  # noqa: BLE001 - whatever else happened may pass
        return True
    return False


ONCE: dict[str, Any] = {"cache_policy": NO_CACHE, "persist_result": False}
"""A task whose failure is final."""

RETRIED: dict[str, Any] = {
    **ONCE,
    "retries": 1,
    "retry_delay_seconds": 1,
    "retry_condition_fn": is_passing,
}
"""A task that may meet a passing fault."""

LLM: dict[str, Any] = {**RETRIED, "tags": ["llm"], "timeout_seconds": 3600}
"""A task that calls models; flows hold the workspace's slot while they run it (`limits`)."""

CORES = os.cpu_count() or 1
