"""Places that a person names for a result: nothing that the workspace lives on is harmed."""

import os
from pathlib import Path
from typing import Any

import click

_MARKER = "promptops.toml"
_FILES = {_MARKER, "params.yaml", "dvc.yaml", "dvc.lock", ".gitignore", ".dvcignore"}
_SOURCES = {"prompt_registry", "datasets"}
_FOLDERS = {*_SOURCES, ".promptops", ".git", ".dvc"}


class ReportFile(click.ParamType[Path]):
    """A file to write a report into; refused before anything is computed.

    Refused are folders, files that are there and hold what people wrote or what PromptOps keeps,
    new files among prompts and data (they would be taken for one), and folders that do not exist,
    unless they lie in a workspace: there they are made.
    """

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path as it was given."""
        path = Path(value)
        inside = _inside_workspace(path)
        if path.is_dir():
            self.fail(f"{path} is a folder", param, ctx)
        if path.is_file() and inside:
            if inside[0] in _FOLDERS or (len(inside) == 1 and inside[0] in _FILES):
                self.fail(
                    f"{path} is part of the workspace, and a report would overwrite it", param, ctx
                )
        elif inside and inside[0] in _SOURCES:
            self.fail(_no_place(path, inside[0]), param, ctx)
        if not path.exists() and not inside and not Path(os.path.realpath(path)).parent.is_dir():
            self.fail(f"the folder {path.absolute().parent} does not exist", param, ctx)
        return path


class NewFolder(click.ParamType[Path]):
    """A folder to write copies of prompts or of documents into: no file, not among the sources."""

    name = "folder"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path as it was given."""
        path = Path(value)
        inside = _inside_workspace(path)
        if path.exists() and not path.is_dir():
            self.fail(f"{path} is no folder", param, ctx)
        if inside and inside[0] in _SOURCES:
            self.fail(_no_place(path, inside[0]), param, ctx)
        return path


def _inside_workspace(path: Path) -> tuple[str, ...]:
    """The parts of a place below the workspace that it lies in; none outside of every one."""
    real = Path(os.path.realpath(path))
    home = next((each for each in real.parents if (each / _MARKER).is_file()), None)
    return () if home is None else real.relative_to(home).parts


def _no_place(path: Path, folder: str) -> str:
    return f"{path} lies in {folder}/, among what people write: choose another folder"


REPORT_FILE = ReportFile()
NEW_FOLDER = NewFolder()
