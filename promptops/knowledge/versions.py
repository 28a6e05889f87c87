"""The door to DVC: what ``dvc.lock`` binds, and the ``dvc`` command where it is needed.

Hashes are read as YAML (11 ms) because importing DVC costs half a second and a call of its command
two to four.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from promptops.core.files import read_text
from promptops.errors import KnowledgeBaseError

_RUNNING = re.compile(r"^Running stage '([^']+)'", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLock:
    """What one stage read and wrote when it last ran: path -> md5 (``….dir`` for folders)."""

    dependencies: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)


def read_lock(root: Path) -> dict[str, StageLock]:
    """The stages of ``dvc.lock``; empty when nothing was run yet.

    Raises:
        KnowledgeBaseError: The file is not what DVC writes.
    """
    path = root / "dvc.lock"
    if not path.exists():
        return {}
    stages = _yaml(path).get("stages") or {}
    try:
        return {
            name: StageLock(
                dependencies=_hashes(stage.get("deps")), outputs=_hashes(stage.get("outs"))
            )
            for name, stage in stages.items()
        }
    except (AttributeError, KeyError, TypeError) as problem:
        raise KnowledgeBaseError("this is no lock file of DVC", where=str(path)) from problem


def tracked_md5(path: Path) -> str | None:
    """The md5 that ``<path>.dvc`` binds a file or folder to; None when DVC does not track it.

    Raises:
        KnowledgeBaseError: The file is not what DVC writes.
    """
    pointer = path.with_name(path.name + ".dvc")
    if not pointer.exists():
        return None
    try:
        return str(_yaml(pointer)["outs"][0]["md5"])
    except (KeyError, IndexError, TypeError) as problem:
        raise KnowledgeBaseError("this is no .dvc file", where=str(pointer)) from problem


def repro(root: Path, targets: Sequence[str] = ()) -> tuple[str, ...]:
    """Run ``dvc repro``.

    Args:
        root: The workspace.
        targets: Stages; all when none are named.

    Returns:
        The stages that ran; empty when nothing had changed.

    Raises:
        KnowledgeBaseError: DVC failed; the message is its last line.
    """
    return tuple(_RUNNING.findall(run_dvc(root, ["repro", *targets])))


def run_dvc(root: Path, arguments: Sequence[str]) -> str:
    """Run the ``dvc`` of this environment in a folder.

    Returns:
        What it printed.

    Raises:
        KnowledgeBaseError: It failed; the message is its last line.
    """
    done = subprocess.run(  # noqa: S603 - our own interpreter, arguments are a list
        [sys.executable, "-m", "dvc", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise KnowledgeBaseError(
            f"dvc {arguments[0]} failed: {lines[-1] if lines else done.returncode}",
            where=str(root),
            hint=f"run `dvc {' '.join(arguments)}` there to see all it says",
        )
    return done.stdout


def _hashes(entries: Sequence[dict[str, Any]] | None) -> dict[str, str]:
    return {entry["path"]: str(entry.get("md5", "")) for entry in entries or ()}


def _yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(read_text(path, KnowledgeBaseError))
    except yaml.YAMLError as problem:
        raise KnowledgeBaseError("this is not YAML", where=str(path)) from problem
    if not isinstance(content, dict):
        raise KnowledgeBaseError("this is not a file of DVC", where=str(path))
    return content
