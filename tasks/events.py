"""Tell Prefect that a knowledge base changed, so that what depends on it runs."""

from prefect.events import emit_event

KB_CHANGED = "promptops.kb.version.changed"


def kb_resource(workspace: str, kb: str) -> str:
    """The name under which Prefect knows a knowledge base; ``*`` for all of a workspace."""
    return f"promptops.kb.{workspace}.{kb}"


def emit_kb_changed(workspace: str, kb: str, version: str, previous: str) -> None:
    """Emit the event that triggers ``kb-regression``.

    Nobody acknowledges an event: the nightly flow compares versions itself, so a lost one is
    made up for the next night.
    """
    emit_event(
        event=KB_CHANGED,
        resource={"prefect.resource.id": kb_resource(workspace, kb), "prefect.resource.name": kb},
        payload={"kb": kb, "version": version, "previous": previous},
    )
