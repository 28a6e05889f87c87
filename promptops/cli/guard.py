"""Open ``flows`` and ``tasks`` safely: their names are so common that others use them too."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

from promptops.errors import ShadowedPackageError

_HOME = Path(__file__).resolve().parents[2]


def open_package(name: str, module: str) -> ModuleType:
    """Import ``name.module``, refusing a stranger of the same name.

    Raises:
        ShadowedPackageError: The package found is not the one that came with this one.
    """
    package = import_module(name)
    found = Path(str(package.__file__ or "")).resolve()
    if found.parent.parent != _HOME:
        raise ShadowedPackageError(
            f'another package called "{name}" stands in front of ours',
            where=str(found.parent),
            hint="run promptops from another folder, or take that folder off PYTHONPATH",
        )
    return import_module(f"{name}.{module}")
