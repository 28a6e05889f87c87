"""The prompt files of a pack as files of their own, outside or in a registry."""

from collections.abc import Mapping
from pathlib import Path

from promptops.core.files import write_atomic
from promptops.errors import PackError
from promptops.packs.archive import unpack_archive
from promptops.packs.verify import verify_pack
from promptops.prompts.registry import SUFFIX, Registry


def export_pack(path: Path, target: Path, *, registry: Path | None = None) -> tuple[Path, ...]:
    """Write the prompt files of a pack below a folder, after verifying it.

    Nothing is overwritten, and nothing is written unless everything can be.

    Args:
        path: The pack's folder or archive.
        target: The folder; its areas are made in it.
        registry: The prompt folder of the workspace that ``target`` lies in. Below it no id may be
            taken twice: nobody could say which of the two is meant.

    Returns:
        The files, whether they were there already or not.

    Raises:
        PackError: The pack is not what its manifest says, a file is there and differs, or an id is
            taken.
        StorageError: The folder cannot be written to.
    """
    found = verify_pack(path)
    if not found.ok:
        raise PackError(
            f"this pack is not what its manifest says: {found.problems[0]}",
            where=str(path),
            hint="`promptops pack verify` lists everything that is wrong",
        )
    prompts = _prompts(path, [entry["path"] for entry in found.manifest["prompts"]])
    files = {target / name: data for name, data in prompts.items()}
    for there, data in files.items():
        if there.exists() and there.read_bytes() != data:
            raise PackError(
                "a file of this name is there and differs", where=str(there), hint="move it away"
            )
    if registry is not None and target.resolve().is_relative_to(registry.resolve()):
        _refuse_taken(files, registry)
    for place, data in files.items():
        write_atomic(place, data)
    return tuple(files)


def _prompts(path: Path, names: list[str]) -> dict[str, bytes]:
    """The prompt files of a verified pack, by their path without the pack's own folder."""
    if path.is_dir():
        found = {name: (path / name).read_bytes() for name in names}
    else:
        _, files = unpack_archive(path.read_bytes(), where=str(path))
        found = {name: files[name] for name in names}
    return {name.removeprefix("prompts/"): data for name, data in found.items()}


def _refuse_taken(files: Mapping[Path, bytes], registry: Path) -> None:
    """Refuse files whose ids other files of the registry have.

    Raises:
        PackError: Names the first, and how many there are.
    """
    there = {path.name: path.resolve() for path in Registry(registry).paths()}
    taken = [path for path in files if there.get(path.name, path.resolve()) != path.resolve()]
    if taken:
        name = taken[0].name
        more = f", and {len(taken) - 1} more ids are taken" if len(taken) > 1 else ""
        raise PackError(
            f'the id "{name.removesuffix(SUFFIX)}" is taken by {there[name]}{more}',
            where=str(taken[0]),
            hint="export to a folder outside of the registry, and compare with `promptops diff`",
        )
