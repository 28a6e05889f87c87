"""The data files of this package that describe dialects."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import yaml


@lru_cache(maxsize=1)
def dialect_files() -> Mapping[str, str]:
    """The text of every dialect that comes with the library, by file name."""
    folder = files("promptops.models") / "dialects"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return {name: (folder / name).read_text("utf-8") for name in names}


@lru_cache(maxsize=1)
def family_names() -> Mapping[str, str]:
    """The words by which model ids tell a family, such as ``o3`` for gpt, with the family."""
    found = {}
    for text in dialect_files().values():
        # The names stand above the claims, which would take ten times as long to read.
        head = yaml.load(text.partition("\nclaims:")[0], Loader=yaml.CSafeLoader)
        found.update(dict.fromkeys(head["names"], head["family"]))
    return found
