"""Build a pack: a readable folder and one archive file.

The bytes depend on nothing but the definition, the prompts and the evidence: no time of building,
no machine, no order of files.
"""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from promptops.core.canonical import JSON, canonical_json, digest_bytes
from promptops.core.files import storage_refusals, write_atomic
from promptops.errors import PackError, PromptSyntaxError
from promptops.packs.archive import MAX_BYTES, MAX_FILES, pack_archive
from promptops.packs.definition import PackDefinition
from promptops.packs.evidence import EvidenceSource, PromptEvidence, gather, unmet_needs
from promptops.packs.loading import area_of, select, selected_broken
from promptops.packs.manifest import MANIFEST, make_manifest, manifest_bytes
from promptops.prompts.loader import PromptFile
from promptops.prompts.registry import SUFFIX, path_of

Status = Literal["candidate", "incomplete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """Something that must be known or better before the pack may be released."""

    prompt_id: str
    need: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A built pack.

    Attributes:
        name: ``id-version``.
        path: The folder.
        archive: The archive file beside it.
        manifest: What ``MANIFEST.json`` holds.
        digest: The digest that identifies the pack.
        status: ``candidate`` when every need of the definition is met.
        unmet: The needs that are not.
        broken: What is wrong with files that the pack selects and that cannot be read.
    """

    name: str
    path: Path
    archive: Path
    manifest: Mapping[str, JSON]
    digest: str
    status: Status
    unmet: tuple[Unmet, ...]
    broken: tuple[PromptSyntaxError, ...] = ()


def build_pack(
    definition: PackDefinition,
    files: Sequence[PromptFile],
    evidence: EvidenceSource,
    out: Path,
    *,
    broken: Sequence[PromptSyntaxError] = (),
    golden_digests: Mapping[str, str] | None = None,
    lint_errors: Mapping[str, int] | None = None,
) -> Pack:
    """Build ``out/<id>-<version>/`` and ``out/<id>-<version>.tar``.

    A pack whose needs are not met, or that lacks a prompt because its file cannot be read, is built
    all the same, marked ``incomplete``, and says why.

    Args:
        definition: What to pack.
        files: The prompts of the registry.
        broken: What is wrong with its files that cannot be read.
        evidence: Where measurements are kept.
        out: Folder for the result; an older build of the same pack is replaced.
        golden_digests: Data set path -> digest of its present content; scores measured on anything
            else do not count. None takes every score.
        lint_errors: Prompt id -> number of lint errors.

    Raises:
        PackError: A selector selects nothing, nothing can be read, or the pack is too large.
        StorageError: The result cannot be written.
    """
    chosen = select(definition, files, broken)
    unread = selected_broken(definition, broken)
    known = {file.prompt.id: gather(file.prompt, evidence, golden_digests) for file in chosen}
    missing = dict.fromkeys(path_of(problem).name.removesuffix(SUFFIX) for problem in unread)
    unmet = tuple(Unmet(prompt_id=each, need="its file cannot be read") for each in missing)
    unmet += tuple(
        Unmet(prompt_id=file.prompt.id, need=need)
        for file in chosen
        for need in unmet_needs(
            definition.evidence,
            file.prompt,
            known[file.prompt.id],
            (lint_errors or {}).get(file.prompt.id),
        )
    )
    status: Status = "incomplete" if unmet else "candidate"
    content = _content(definition, chosen, known)
    head = _head(definition, chosen, known, status, unmet)
    manifest = make_manifest(head, content)
    content[MANIFEST] = manifest_bytes(manifest)
    name = f"{definition.id}-{definition.version}"
    archive = _write(out, name, content)
    return Pack(
        name=name,
        path=out / name,
        archive=archive,
        manifest=manifest,
        digest=manifest["digest"],
        status=status,
        unmet=unmet,
        broken=unread,
    )


def _write(out: Path, name: str, content: Mapping[str, bytes]) -> Path:
    """Write folder and archive; returns the archive."""
    data = pack_archive(name, content)
    if len(content) > MAX_FILES or len(data) > MAX_BYTES:
        raise PackError(
            f"{len(content)} files, {len(data)} bytes: a pack has at most {MAX_FILES} files and "
            f"{MAX_BYTES // 2**20} MiB",
            where=name,
            hint="split it",
        )
    _replace_folder(out / name, content)
    archive = out / f"{name}.tar"
    write_atomic(archive, data)
    return archive


def _content(
    definition: PackDefinition,
    chosen: Sequence[PromptFile],
    known: Mapping[str, PromptEvidence],
) -> dict[str, bytes]:
    files = {"pack.yaml": _definition_yaml(definition).encode()}
    for file in chosen:
        files[_prompt_path(file)] = _prompt_bytes(file)
        files[f"evidence/{file.prompt.id}.json"] = canonical_json(known[file.prompt.id].to_json())
    files["README.md"] = _readme(definition, chosen).encode()
    return files


def _prompt_path(file: PromptFile) -> str:
    return f"prompts/{area_of(file)}/{file.prompt.id}.prompt.yaml"


def _prompt_bytes(file: PromptFile) -> bytes:
    # A checkout on Windows may have other line ends; the pack must not.
    return file.text.replace("\r\n", "\n").encode()


def _definition_yaml(definition: PackDefinition) -> str:
    text: str = yaml.safe_dump(
        definition.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=100
    )
    return text


def _head(
    definition: PackDefinition,
    chosen: Sequence[PromptFile],
    known: Mapping[str, PromptEvidence],
    status: Status,
    unmet: Sequence[Unmet],
) -> dict[str, JSON]:
    return {
        "id": definition.id,
        "version": definition.version,
        "title": definition.title,
        "license": definition.license,
        "tags": list(definition.tags),
        "status": status,
        "unmet": [{"prompt": item.prompt_id, "need": item.need} for item in unmet],
        "prompts": [_prompt_entry(file, known[file.prompt.id]) for file in chosen],
    }


def _prompt_entry(file: PromptFile, known: PromptEvidence) -> dict[str, JSON]:
    prompt = file.prompt
    variants = {key: value for key, value in known.subjects.items() if key != "prompt"}
    binding = prompt.retrieval
    return {
        "id": prompt.id,
        "version": prompt.version,
        "title": prompt.title,
        "intent": prompt.intent,
        "license": prompt.license or "",
        "path": _prompt_path(file),
        "semantic_digest": known.subjects["prompt"],
        "file_digest": digest_bytes(_prompt_bytes(file)),
        "variant_digests": variants,
        "knowledge_base": {"name": binding.kb, "version": binding.version} if binding else None,
        "evidence": [record.key for record in known.records],
    }


def _readme(definition: PackDefinition, chosen: Sequence[PromptFile]) -> str:
    lines = [f"# {definition.title}", "", f"`{definition.id}` {definition.version}", ""]
    if definition.description:
        lines += [definition.description, ""]
    lines += ["| prompt | version | title | intent |", "|---|---|---|---|"]
    for file in chosen:
        prompt = file.prompt
        title = prompt.title.replace("|", "\\|")
        lines.append(f"| {prompt.id} | {prompt.version} | {title} | {prompt.intent} |")
    lines += ["", "Check it with `promptops pack verify` on this folder.", ""]
    return "\n".join(lines)


def _replace_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Put a whole new folder in place; a reader never sees half of it."""
    with storage_refusals(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent))
        try:
            fresh, old = work / "new", work / "old"
            for path, data in files.items():
                write_atomic(fresh / path, data)
            if target.exists():
                target.rename(old)
            fresh.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
