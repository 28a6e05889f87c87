"""Notice that a knowledge base changed on disk, and say so to Prefect.

Prefect watches no files, and events are not acknowledged. This loop makes a change known within
seconds; the nightly flow compares versions itself and makes up for what was lost.
"""

import threading
from collections.abc import Callable, Mapping

from promptops.errors import PromptOpsError
from promptops.operations.regression import kb_versions
from promptops.wiring import Services
from tasks.events import emit_kb_changed

Emit = Callable[[str, str, str], None]


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Knowledge bases whose version is another than before: name, version, previous version."""
    return [
        (name, version, before.get(name, ""))
        for name, version in sorted(now.items())
        if before.get(name, version) != version
    ]


def watch(services: Services, stop: threading.Event, *, seconds: float = 5.0) -> None:
    """Emit an event for every change, until ``stop`` is set.

    What changed while nobody watched is left to the nightly reconciliation.
    """
    known = kb_versions(services)
    while not stop.wait(seconds):
        try:
            now = kb_versions(services)
        except PromptOpsError as problem:
            # A document is being edited: the next look will see it whole.
            services.notice(f"watching knowledge bases: {problem}")
            continue
        for kb, version, previous in changes(known, now):
            emit_kb_changed(services.settings.general.name, kb, version, previous)
            services.notice(f"knowledge base {kb} changed: {version[:19]}…")
        known = now
