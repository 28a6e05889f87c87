"""Tell Prefect that a knowledge base changed, so that what depends on it runs."""

from prefect.events import emit_event

KB_CHANGED = "promptops.kb.version.changed"


def emit_kb_changed(kb: str, version: str, previous: str) -> None:
    """Emit the event that triggers ``kb-regression``.

    Nobody acknowledges an event: the nightly flow compares versions itself, so a lost one is
    made up for the next night.
    """
    emit_event(
        event=KB_CHANGED,
        resource={"prefect.resource.id": f"promptops.kb.{kb}", "prefect.resource.name": kb},
        payload={"kb": kb, "version": version, "previous": previous},
    )
