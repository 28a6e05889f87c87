"""A workspace: a folder with ``promptops.toml``, and the places inside it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from promptops.errors import WorkspaceNotFoundError

MARKER = "promptops.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The folders of one workspace; ``root`` is absolute."""

    root: Path

    @property
    def settings_file(self) -> Path:
        """``promptops.toml``."""
        return self.root / MARKER

    @property
    def state(self) -> Path:
        """Databases, caches and indexes; ignored by git, safe to delete."""
        return self.root / ".promptops"

    @property
    def registry(self) -> Path:
        """Everything that is written by people about prompts."""
        return self.root / "prompt_registry"

    @property
    def prompts(self) -> Path:
        """The prompt files, a folder an area."""
        return self.registry / "prompts"

    @property
    def proposals(self) -> Path:
        """New prompt versions that wait for a decision."""
        return self.registry / "proposals"

    @property
    def policies(self) -> Path:
        """Routing policies."""
        return self.registry / "policies"

    @property
    def packs(self) -> Path:
        """Pack definitions."""
        return self.registry / "packs"

    @property
    def models_file(self) -> Path:
        """Model cards of this organization, beside the built-in ones."""
        return self.registry / "models.yaml"

    @property
    def dialects(self) -> Path:
        """Dialects of model families of this organization, over the built-in ones."""
        return self.registry / "dialects"

    @property
    def lint_file(self) -> Path:
        """What the linter selects and ignores."""
        return self.registry / "lint.toml"

    @property
    def datasets(self) -> Path:
        """Data: golden sets, knowledge bases, logged runs."""
        return self.root / "datasets"

    @property
    def golden(self) -> Path:
        """Golden sets."""
        return self.datasets / "golden"

    @property
    def kb(self) -> Path:
        """Knowledge bases, a folder each."""
        return self.datasets / "kb"

    @property
    def runs(self) -> Path:
        """Logged model calls, in parquet parts."""
        return self.datasets / "runs"

    @property
    def reports(self) -> Path:
        """Reports that flows write for people."""
        return self.root / "reports"


def find_workspace(
    folder: Path | str | None = None,
    *,
    start: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Workspace:
    """The workspace named, else by ``PROMPTOPS_WORKSPACE``, else here or in a folder above.

    Args:
        folder: What ``--workspace`` gave; must itself hold ``promptops.toml``.
        start: Where the search upward begins; the current folder when not given.
        environment: The environment; the process's own when not given.

    Raises:
        WorkspaceNotFoundError: No such folder.
    """
    named = folder or (os.environ if environment is None else environment).get(  # noqa: TID251
        "PROMPTOPS_WORKSPACE"
    )
    if named:
        root = Path(named).expanduser().resolve()
        if not (root / MARKER).is_file():
            raise WorkspaceNotFoundError(f"no {MARKER} in this folder", where=str(root))
        return Workspace(root=root)
    here = (start or Path.cwd()).resolve()
    for candidate in (here, *here.parents):
        if (candidate / MARKER).is_file():
            return Workspace(root=candidate)
    raise WorkspaceNotFoundError(f"no {MARKER} in this folder or above it", where=str(here))
