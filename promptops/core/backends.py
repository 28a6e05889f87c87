"""Objects found by name: our own from a table, other people's from entry points."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from promptops.core.suggest import did_you_mean
from promptops.errors import UnknownBackendError


def load_object(target: str) -> Any:
    """Import what ``package.module:Name`` names."""
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)


def load_backend(seam: str, name: str, built_in: Mapping[str, str]) -> Any:
    """The class or function that serves ``seam`` under ``name``.

    Args:
        seam: What is being served, such as ``scorer``; entry points are looked up in the
            group ``promptops.<seam>``, and only when the table does not know the name
            (a scan of installed packages costs a tenth of a second).
        name: The backend's name.
        built_in: Our own backends: name -> ``package.module:Name``.

    Raises:
        UnknownBackendError: Nobody provides that name.
    """
    if name in built_in:
        return load_object(built_in[name])
    from importlib.metadata import entry_points

    found = {point.name: point for point in entry_points(group=f"promptops.{seam}")}
    if name in found:
        return found[name].load()
    known = sorted({*built_in, *found})
    raise UnknownBackendError(
        f'no {seam} is called "{name}"',
        hint=did_you_mean(name, known) or f"known: {', '.join(known)}",
    )
