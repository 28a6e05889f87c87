"""Verify a pack offline: not one byte may differ from what the manifest says."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promptops.core.canonical import digest_bytes
from promptops.errors import PackError, PromptOpsError
from promptops.packs.archive import is_safe, pack_archive, unpack_archive
from promptops.packs.manifest import MANIFEST, read_manifest
from promptops.prompts.digests import semantic_digest
from promptops.prompts.loader import parse_prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verifying found.

    Attributes:
        ok: Whether nothing is wrong.
        digest: The pack's digest as its manifest states it; empty when that cannot be read.
        manifest: The manifest, empty when it cannot be read.
        problems: Everything that is wrong, one sentence each.
    """

    ok: bool
    digest: str
    manifest: Mapping[str, Any]
    problems: tuple[str, ...]


def status_of(folder: Path) -> str | None:
    """``candidate`` or ``incomplete`` for a built pack, ``damaged``; None where none is built."""
    if not folder.is_dir():
        return None
    found = verify_pack(folder)
    return str(found.manifest["status"]) if found.ok else "damaged"


def verify_pack(path: Path, *, expected_digest: str | None = None) -> Verification:
    """Verify a pack folder or archive.

    Args:
        path: The folder or the ``.tar`` file.
        expected_digest: The digest known from elsewhere (a lock file, a signature). Without it a
            pack proves only that it is consistent in itself.

    Raises:
        PackError: There is nothing to verify at ``path``.
    """
    if path.is_dir():
        files, problems = _read_folder(path)
    elif path.is_file():
        files, problems = _read_archive(path)
    else:
        raise PackError("no pack is here", where=str(path))
    try:
        manifest = read_manifest(files.get(MANIFEST, b""), where=f"{path}/{MANIFEST}")
    except PackError as problem:
        found = (*problems, problem.message)
        return Verification(ok=False, digest="", manifest={}, problems=found)
    problems += _compare_files(manifest, files)
    if not problems:
        problems += _compare_prompts(manifest, files)
    if expected_digest is not None and manifest["digest"] != expected_digest:
        problems.append(f"the pack is {manifest['digest']}, expected {expected_digest}")
    return Verification(
        ok=not problems, digest=manifest["digest"], manifest=manifest, problems=tuple(problems)
    )


def _read_folder(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    files: dict[str, bytes] = {}
    problems: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            problems.append(f"{name} is a link")
        elif path.is_file():
            files[name] = path.read_bytes()
    return files, problems


def _read_archive(path: Path) -> tuple[dict[str, bytes], list[str]]:
    data = path.read_bytes()
    try:
        root, files = unpack_archive(data, where=str(path))
    except PackError as problem:
        return {}, [problem.message]
    # Headers and padding carry no content, but a changed byte there is a changed byte.
    if pack_archive(root, files) != data:
        return files, ["the archive is not in its one form"]
    return files, []


def _compare_files(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> list[str]:
    problems: list[str] = []
    listed = {entry["path"]: entry for entry in manifest["files"]}
    unlisted = sorted(set(files) - set(listed) - {MANIFEST})
    problems += [f"{path} is not in the manifest" for path in unlisted]
    for path, entry in listed.items():
        if not is_safe(path):
            problems.append(f"{path!r} has no place in a pack")
        elif path not in files:
            problems.append(f"{path} is missing")
        elif len(files[path]) != entry.get("size") or digest_bytes(files[path]) != entry["sha256"]:
            problems.append(f"{path} was changed")
    return problems


def _compare_prompts(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> list[str]:
    """Whether each prompt is the one whose digest the evidence is about."""
    problems = []
    for entry in manifest["prompts"]:
        path = entry["path"]
        if path not in files:
            problems.append(f"{path} is missing")
            continue
        try:
            prompt = parse_prompt(files[path].decode(), path).prompt
        except (UnicodeDecodeError, PromptOpsError) as problem:
            problems.append(f"{path} cannot be read: {problem}")
            continue
        if (prompt.id, prompt.version) != (entry["id"], entry["version"]):
            problems.append(f"{path} is {prompt.id} {prompt.version}, not what the manifest says")
        elif semantic_digest(prompt) != entry["semantic_digest"]:
            problems.append(f"{path} is not the prompt that the evidence is about")
    return problems
