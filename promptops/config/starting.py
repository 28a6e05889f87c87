"""The files that a new workspace begins with, from the package's template."""

import os
import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from promptops.config.workspace import MARKER, Workspace
from promptops.core.files import storage_refusals, write_atomic
from promptops.errors import UsageError

_BARE = {MARKER, ".gitignore", "prompt_registry/lint.toml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A new workspace: the files written, and those that were there and stay as they are."""

    workspace: Workspace
    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def start_workspace(folder: Path, *, name: str = "", bare: bool = False) -> Started:
    """Make a workspace in a folder, which may be new; nothing is overwritten.

    Args:
        folder: Where.
        name: Its name; the folder's when empty.
        bare: Only settings, without the example prompt and what belongs to it.

    Raises:
        UsageError: The folder is a workspace already, or no folder.
        StorageError: It cannot be written to.
    """
    root = Path(os.path.realpath(os.path.expanduser(folder)))  # noqa: PTH111 - never raises
    with storage_refusals(root):
        is_file = root.exists() and not root.is_dir()
        is_workspace = (root / MARKER).exists()
    if is_file:
        raise UsageError("this is a file, not a folder", where=str(root))
    if is_workspace:
        raise UsageError(
            "this is a workspace already", where=str(root), hint="choose another folder"
        )
    if not name.isprintable():
        raise UsageError("a name is one line of text", where="--name")
    called = name or re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "workspace"
    written, kept = [], []
    # The marker comes last: a folder that has it is whole.
    found = sorted(_template(files("promptops.config") / "template"), key=lambda f: f[0] == MARKER)
    for path, text in found:
        if bare and path not in _BARE:
            continue
        target = root / path
        if target.exists():
            kept.append(target)
            continue
        write_atomic(target, text.replace("@NAME@", _in_quotes(called)))
        written.append(target)
    return Started(workspace=Workspace(root=root), written=tuple(written), kept=tuple(kept))


def _in_quotes(text: str) -> str:
    """What stands between the quotes of a TOML string."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _template(folder: Traversable, prefix: str = "") -> list[tuple[str, str]]:
    """Path and text of every file; ``gitignore`` gets its dot, so that it ignores nothing here."""
    found: list[tuple[str, str]] = []
    for item in folder.iterdir():
        name = ".gitignore" if item.name == "gitignore" else item.name
        if item.is_dir():
            found += _template(item, f"{prefix}{name}/")
        else:
            found.append((f"{prefix}{name}", item.read_text(encoding="utf-8")))
    return sorted(found)
