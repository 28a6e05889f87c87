"""Build a candidate pack with its evidence."""

from pathlib import Path

from promptops.errors import GoldenSetError, PackError
from promptops.golden.loading import load_golden
from promptops.lint.finding import Severity
from promptops.operations.linting import lint_registry
from promptops.packs.build import Pack, build_pack
from promptops.packs.definition import PackDefinition
from promptops.packs.loading import load_definitions
from promptops.prompts.loader import PromptFile
from promptops.wiring import Services


def definition(services: Services, pack_id: str = "") -> PackDefinition:
    """The pack definition of this id; the workspace's setting, else the first, when empty.

    Raises:
        PackError: There is none.
    """
    found = {item.id: item for item in load_definitions(services.workspace.packs)}
    wanted = pack_id or services.settings.nightly.pack or next(iter(found), "")
    if wanted not in found:
        raise PackError(
            f'no pack is called "{wanted}"' if wanted else "this workspace defines no pack",
            where=str(services.workspace.packs),
            hint=f"defined: {', '.join(found)}" if found else "write one: packs/<id>.yaml",
        )
    return found[wanted]


def packs_folder(services: Services) -> Path:
    """Where built packs are put."""
    return services.workspace.state / "packs"


def build_candidate(services: Services, pack_id: str = "", *, out: Path | None = None) -> Pack:
    """Build a pack from the registry and the evidence, byte for byte the same from the same.

    A pack whose needs are not met, or that lacks a prompt because its file cannot be read, is built
    all the same, marked incomplete, and says why.

    Raises:
        PackError: No such definition, it names prompts that do not exist, or none can be read.
    """
    chosen = definition(services, pack_id)
    files, broken = services.registry.load_all()
    report = lint_registry(services, files=files)
    errors = {file.prompt.id: 0 for file in files}
    for prompt_id, findings in report.by_prompt().items():
        errors[prompt_id] = sum(f.severity is Severity.ERROR for f in findings)
    return build_pack(
        chosen,
        files,
        services.evidence,
        out or packs_folder(services),
        broken=broken,
        golden_digests=_golden_digests(services, files),
        lint_errors=errors,
    )


def _golden_digests(services: Services, files: tuple[PromptFile, ...]) -> dict[str, str]:
    """Data set path -> digest; a broken set has none, so nothing measured on it counts."""
    digests = {}
    for dataset in {item.dataset for file in files for item in file.prompt.evals}:
        try:
            digests[dataset] = load_golden(services.workspace.root / dataset).digest
        except GoldenSetError:
            digests[dataset] = "unreadable"
    return digests
