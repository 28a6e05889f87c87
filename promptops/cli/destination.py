"""Files that a person names for a report: nothing that the workspace lives on is overwritten."""

import os
from pathlib import Path
from typing import Any

import click

_MARKER = "promptops.toml"
_FILES = {_MARKER, "params.yaml", "dvc.yaml", "dvc.lock", ".gitignore", ".dvcignore"}
_FOLDERS = {"prompt_registry", "datasets", ".promptops", ".git", ".dvc"}


class ReportFile(click.ParamType[Path]):
    """A file to write a report into; refused before anything is computed.

    Refused are folders, files that are there and hold what people wrote or what PromptOps keeps,
    and folders that do not exist, unless they lie in a workspace: there they are made.
    """

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path as it was given."""
        path = Path(value)
        real = Path(os.path.realpath(path))
        home = next((each for each in real.parents if (each / _MARKER).is_file()), None)
        if path.is_dir():
            self.fail(f"{path} is a folder", param, ctx)
        if path.is_file() and home is not None:
            inside = real.relative_to(home).parts
            if inside[0] in _FOLDERS or (len(inside) == 1 and inside[0] in _FILES):
                self.fail(
                    f"{path} is part of the workspace, and a report would overwrite it", param, ctx
                )
        if not path.exists() and home is None and not real.parent.is_dir():
            self.fail(f"the folder {real.parent} does not exist", param, ctx)
        return path


REPORT_FILE = ReportFile()
