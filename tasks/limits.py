"""The one limit that flows of a workspace share: who may call models on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from promptops.core.locking import folder_lock
from promptops.wiring import shared_services


@contextmanager
def llm_slot(workspace: str) -> Iterator[None]:
    """Hold the slot for model calls; a second flow waits for it.

    A lock of the operating system, not a slot on the Prefect server: those of a flow that was
    killed stay taken, and every later flow would wait forever.
    """
    services = shared_services(workspace)
    notice = "another flow of this workspace is calling models: waiting for it"
    with folder_lock(services.workspace.state / "flow", lambda: services.notice(notice)):
        yield
