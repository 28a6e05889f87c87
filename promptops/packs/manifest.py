"""The manifest: every file of a pack by digest, under one digest of its own.

``MANIFEST.json`` is canonical JSON (RFC 8785). Its field ``digest`` covers all its other fields,
and these cover every byte of every other file: that one digest identifies the pack.
"""

import json
from collections.abc import Mapping
from typing import Any

from promptops.core.canonical import JSON, canonical_json, digest, digest_bytes
from promptops.errors import PackError

FORMAT = "promptops.pack/v1"
MANIFEST = "MANIFEST.json"


def make_manifest(head: Mapping[str, JSON], files: Mapping[str, bytes]) -> dict[str, JSON]:
    """The manifest of ``files`` (path -> bytes).

    Args:
        head: Id, version, status, prompts and whatever else the pack says about itself.
        files: Every file but the manifest.
    """
    listing = [
        {"path": path, "size": len(files[path]), "sha256": digest_bytes(files[path])}
        for path in sorted(files)
    ]
    body = {"format": FORMAT, **head, "files": listing}
    return {**body, "digest": digest(body)}


def manifest_bytes(manifest: Mapping[str, JSON]) -> bytes:
    """The file's bytes."""
    return canonical_json(manifest)


def read_manifest(data: bytes, *, where: str) -> dict[str, Any]:
    """Read a manifest and prove that it is whole.

    Raises:
        PackError: Not a manifest, not in canonical form, or its digest does not match.
    """
    try:
        manifest = json.loads(data)
    except ValueError as problem:
        raise PackError(f"the manifest is not JSON: {problem}", where=where) from problem
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise PackError(f"this is not a manifest of format {FORMAT}", where=where)
    if canonical_json(manifest) != data:
        raise PackError("the manifest is not in canonical form", where=where)
    body = {key: value for key, value in manifest.items() if key != "digest"}
    if manifest.get("digest") != digest(body):
        raise PackError("the manifest does not match its own digest", where=where)
    if not _has_shape(manifest):
        raise PackError("the manifest lacks something that every manifest has", where=where)
    return manifest


def _has_shape(manifest: Mapping[str, Any]) -> bool:
    rows = {"files": ("path", "sha256"), "prompts": ("id", "version", "path", "semantic_digest")}
    return all(
        isinstance(manifest.get(name), list)
        and all(isinstance(row, dict) and _texts(row, keys) for row in manifest[name])
        for name, keys in rows.items()
    )


def _texts(row: Mapping[str, Any], keys: tuple[str, ...]) -> bool:
    return all(isinstance(row.get(key), str) for key in keys)
